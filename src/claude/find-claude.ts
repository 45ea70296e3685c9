import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { ProcessTrees } from '../process/process-trees.ts';

const VERSION_TIMEOUT_MS = 20_000;

export interface FoundClaude {
  readonly path: string;
  /** Dotted, such as `2.1.330`. */
  readonly version: string;
}

/** Path of the Claude Code binary: the configured one, else the one that comes with the Agent SDK for this platform. */
export async function locateClaude(configured: string | undefined): Promise<string> {
  const path = configured ?? findBundled();
  if (path === undefined) {
    throw missing(`The Agent SDK has no Claude Code for ${process.platform}-${process.arch} installed.`);
  }
  await checkExecutable(path);
  return path;
}

/** Path and version; asks the binary for the latter. Throws TypedError `ClaudeMissing`. */
export async function findClaude(options: {
  readonly configured: string | undefined;
  readonly trees: ProcessTrees;
  /** PATH and HOME suffice. */
  readonly env: Readonly<Record<string, string>>;
}): Promise<FoundClaude> {
  const path = await locateClaude(options.configured);
  const run = await options.trees.run({
    treeId: 'find-claude',
    command: path,
    args: ['--version'],
    cwd: tmpdir(),
    env: { ...options.env, DISABLE_AUTOUPDATER: '1' },
    timeoutMs: VERSION_TIMEOUT_MS,
  });
  const version = /\d+\.\d+\.\d+/.exec(run.output)?.[0];
  if (run.exitCode !== 0 || version === undefined) throw missing(`${path} does not say a version of Claude Code.`);
  return { path, version };
}

/** Throws TypedError `ClaudeMissing` when the file is not there or must not be run. */
export async function checkExecutable(path: string): Promise<void> {
  try {
    await access(path, constants.X_OK);
  } catch (error) {
    throw missing(`Claude Code is not at ${path}, or may not be run.`, error);
  }
}

/** The version that the Agent SDK was released with, where the binary is its own; undefined for any other binary. */
export async function shippedVersion(executable: string): Promise<string | undefined> {
  if (executable !== findBundled()) return undefined;
  const manifest: unknown = JSON.parse(await readFile(join(dirname(sdkEntry()), 'package.json'), 'utf8'));
  const { claudeCodeVersion: version } = manifest as { readonly claudeCodeVersion?: unknown };
  return typeof version === 'string' ? version : undefined;
}

function sdkEntry(): string {
  return createRequire(import.meta.url).resolve('@anthropic-ai/claude-agent-sdk');
}

function findBundled(): string | undefined {
  const require = createRequire(sdkEntry());
  const platform = `${process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? 'claude.exe' : 'claude';
  const variants = usesMusl() ? [`${platform}-musl`, platform] : [platform, `${platform}-musl`];
  for (const variant of variants) {
    try {
      return require.resolve(`@anthropic-ai/claude-agent-sdk-${variant}/${file}`);
    } catch {
      // the next variant, or none
    }
  }
  return undefined;
}

function usesMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}

function missing(message: string, cause?: unknown): TypedError {
  return new TypedError(FailureType.ClaudeMissing, message, {
    hint: "Run 'npm install' again with optional dependencies, or set 'claude.executable' to a Claude Code binary.",
    cause,
  });
}
