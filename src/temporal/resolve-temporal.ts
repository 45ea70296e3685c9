import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { waitForProcessLock } from '../supervisor/process-lock.ts';
import type { ProgramSpec } from '../supervisor/programs.ts';
import { buildTemporal } from './build-temporal.ts';
import { downloadTemporal, TEMPORAL_DOWNLOADS } from './download-temporal.ts';
import { whyUnusable } from './probe-temporal.ts';

/** The version that is downloaded or built; later ones cannot be built with `go install`. */
const TEMPORAL_VERSION = 'v1.5.1';

export interface ResolveTemporalOptions {
  /** The setting `temporal.executable`: taken or refused, never passed over. */
  readonly executable?: string | undefined;
  readonly cacheDir: string;
  /** For PATH, and for what Go and tar need. */
  readonly env: ProgramSpec['env'];
  readonly onProgress?: (line: string) => void;
  readonly downloadUrl?: string;
  /** A download that is silent for so long is given up, milliseconds. */
  readonly downloadSilenceMs?: number;
  /** Ends a download or a build: the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface ResolvedTemporal {
  readonly path: string;
  readonly source: 'setting' | 'path' | 'cache' | 'download' | 'build';
}

/**
 * Finds Temporal's command line tool, which is also its development server: the one that was set, on PATH, in the
 * cache, downloaded, or built. Throws `ConfigError` with all that was tried. Two processes at once make one binary.
 */
export async function resolveTemporal(options: ResolveTemporalOptions): Promise<ResolvedTemporal> {
  const { executable, env } = options;
  if (executable !== undefined) {
    const reason = await whyUnusable(executable, env);
    if (reason === undefined) return { path: executable, source: 'setting' };
    throw new TypedError(FailureType.ConfigError, `The binary that temporal.executable names is no use: ${reason}.`, {
      hint: 'Correct the setting (TASKFLEET_TEMPORAL), or leave it out and taskfleet finds or fetches one.',
    });
  }
  const tried: string[] = [];
  const onPath = await findOnPath('temporal', env.PATH ?? '');
  if (onPath !== undefined) {
    const reason = await whyUnusable(onPath, env);
    if (reason === undefined) return { path: onPath, source: 'path' };
    tried.push(reason);
  } else {
    tried.push('there is none on PATH');
  }
  const cached = join(options.cacheDir, 'bin', 'temporal');
  if ((await isExecutable(cached)) && (await whyUnusable(cached, env)) === undefined) {
    return { path: cached, source: 'cache' };
  }
  return await make(cached, { ...options, tried });
}

async function make(cached: string, options: ResolveTemporalOptions & { tried: string[] }): Promise<ResolvedTemporal> {
  const { env, tried } = options;
  const onProgress = options.onProgress ?? (() => undefined);
  const workDir = dirname(cached);
  await mkdir(workDir, { recursive: true });
  const lock = await waitForProcessLock(
    join(workDir, 'temporal.lock'),
    anyOf(options.signal, AbortSignal.timeout(35 * 60_000)),
  );
  try {
    if (await isExecutable(cached)) {
      const reason = await whyUnusable(cached, env);
      if (reason === undefined) return { path: cached, source: 'cache' };
      tried.push(reason);
    }
    const more = { version: TEMPORAL_VERSION, workDir, env, onProgress, signal: options.signal };
    const ways = {
      download: () =>
        downloadTemporal({
          ...more,
          baseUrl: options.downloadUrl ?? TEMPORAL_DOWNLOADS,
          silenceMs: options.downloadSilenceMs ?? 20_000,
        }),
      build: () => buildTemporal(more),
    };
    for (const source of ['download', 'build'] as const) {
      try {
        await takeOver(await ways[source](), cached, env);
        return { path: cached, source };
      } catch (error) {
        options.signal?.throwIfAborted();
        const reason = `${source}: ${error instanceof Error ? error.message : String(error)}`;
        tried.push(reason);
        onProgress(reason);
      }
    }
  } finally {
    lock.release();
  }
  throw new TypedError(FailureType.ConfigError, `No usable 'temporal' binary: ${tried.join('; ')}.`, {
    hint:
      'Install it as https://docs.temporal.io/cli says, or set temporal.executable (TASKFLEET_TEMPORAL) to one, ' +
      'or install Go 1.23 or newer so that taskfleet can build it.',
  });
}

function anyOf(signal: AbortSignal | undefined, timeout: AbortSignal): AbortSignal {
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
}

async function takeOver(made: string, cached: string, env: ProgramSpec['env']): Promise<void> {
  try {
    const reason = await whyUnusable(made, env);
    if (reason !== undefined) throw new Error(reason);
    await rename(made, cached);
  } finally {
    await rm(dirname(made), { recursive: true, force: true });
  }
}

async function findOnPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    if (folder !== '' && (await isExecutable(file))) return file;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
