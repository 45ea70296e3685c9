import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../src/supervisor/programs.ts';

/** Name of the bundle beside the compiled workers. */
const BUNDLE_FILE = 'workflow-bundle.js';

const BUNDLING_MS = 120_000;

/** What a Worker takes its workflows from. */
export interface WorkflowSource {
  readonly workflowBundle: { readonly codePath: string };
}

/**
 * The bundle that came with the package; where there is none, one made of the sources, in the folder given.
 * A process of its own makes it: the bundler takes two hundred megabytes, and what a process takes it seldom gives back,
 * and starting git costs a large process many times what it costs a small one.
 */
export async function workflowSource(making: {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}): Promise<WorkflowSource> {
  const built = fileURLToPath(new URL(BUNDLE_FILE, import.meta.url));
  if (existsSync(built)) return { workflowBundle: { codePath: built } };
  const codePath = join(making.folder, BUNDLE_FILE);
  const { code, output } = await runProgram({
    command: process.execPath,
    args: [...process.execArgv, fileURLToPath(new URL('bundle.ts', import.meta.url)), codePath],
    env: making.env,
    timeoutMs: BUNDLING_MS,
    ...(making.signal && { signal: making.signal }),
  });
  making.signal?.throwIfAborted();
  if (code !== 0) throw new Error(`the workflows cannot be bundled: ${output.trim().slice(-2_000)}`);
  return { workflowBundle: { codePath } };
}

/** The sources, or what was compiled from them. */
export function workflowsPath(): string {
  const source = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL('../workflows/index.js', import.meta.url));
}
