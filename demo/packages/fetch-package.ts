import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureType } from '../../src/domain/failure-type.ts';
import { TypedError } from '../../src/domain/typed-error.ts';
import { runProgram } from '../../src/supervisor/programs.ts';
import type { DemoPackage } from './demo-package.ts';

const FETCH_MS = 180_000;

export interface FetchPlace {
  /** Archives are kept in `<cacheDir>/demo`. */
  readonly cacheDir: string;
  /** For npm and pip: PATH, HOME, proxies and registries as the person has set them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/**
 * The package's published archive, from our cache or from its registry by the registry's own client.
 * Whatever arrives must have the pinned sha256; throws TypedError ConfigError otherwise.
 */
export async function fetchPackage(demo: DemoPackage, place: FetchPlace): Promise<string> {
  const folder = join(place.cacheDir, 'demo');
  const kept = join(folder, demo.archive.file);
  if ((await digestOf(kept)) === demo.archive.sha256) return kept;
  await mkdir(folder, { recursive: true });
  const fresh = await mkdtemp(join(folder, 'fetch-'));
  try {
    await download(demo, fresh, place);
    const arrived = join(fresh, demo.archive.file);
    const digest = await digestOf(arrived);
    if (digest !== demo.archive.sha256) {
      throw new TypedError(
        FailureType.ConfigError,
        `${demo.archive.file} is not what was published: sha256 ${digest ?? 'of no file'} instead of ${demo.archive.sha256}.`,
        { hint: `Check the ${demo.registry} registry that this machine is set to use.` },
      );
    }
    await rename(arrived, kept);
    return kept;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function download(demo: DemoPackage, folder: string, place: FetchPlace): Promise<void> {
  const requirements = join(folder, 'requirements.txt');
  // pip runs the build script of what it fetched: it must know the digest before that
  if (demo.registry === 'pypi') {
    await writeFile(requirements, `${demo.name}==${demo.version} --hash=sha256:${demo.archive.sha256}\n`);
  }
  const [command, ...args] =
    demo.registry === 'npm'
      ? ['npm', 'pack', `${demo.name}@${demo.version}`, '--pack-destination', folder, '--silent']
      : [
          ...['python3', '-m', 'pip', 'download', '--disable-pip-version-check', '--no-input', '--quiet', '--no-deps'],
          ...['--no-binary', ':all:', '--require-hashes', '--dest', folder, '--requirement', requirements],
        ];
  const result = await runProgram({
    command: command as string,
    args,
    env: place.env,
    cwd: folder,
    timeoutMs: FETCH_MS,
    ...(place.signal && { signal: place.signal }),
  });
  place.signal?.throwIfAborted();
  if (result.code === 0) return;
  const reason = result.error?.message ?? (result.timedOut ? 'no end after 3 minutes' : lastLines(result.output));
  throw new TypedError(FailureType.ConfigError, `${demo.name} ${demo.version} could not be fetched: ${reason}`, {
    hint: `The demo needs the ${demo.registry} registry (or a mirror of it that ${String(command)} is set to) once.`,
  });
}

async function digestOf(file: string): Promise<string | null> {
  const content = await readFile(file).catch(() => null);
  return content && createHash('sha256').update(content).digest('hex');
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-3).join(' / ') || 'no output';
}
