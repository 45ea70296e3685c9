import { once } from 'node:events';
import { CappedOutput } from './capped-output.ts';
import { endProcesses, type Target } from './end-processes.ts';
import { findBubblewrap, type Isolation } from './bubblewrap.ts';
import { LineSplitter } from './line-splitter.ts';
import { isLeftBehind, isOfTree, makeMark, treeName } from './program-mark.ts';
import { TreeChild } from './tree-child.ts';
import type { ProcessTrees, RunResult, RunSpec, TreeSpec } from './process-trees.ts';

const DEFAULT_OUTPUT_BYTES = 1024 * 1024;

export interface ProcessTreesOptions {
  /** Who answers for the processes: the host's stable id. `reap` ends what an earlier process of that name left. */
  readonly owner: string;
  readonly isolation: Isolation;
}

/**
 * Runs programs each in a PID namespace of its own where bubblewrap works, so that the kernel ends all of it
 * even when this process is killed. Elsewhere, and on top of that, every process carries a mark in its environment
 * by which it is found wherever it detached itself to.
 * Throws TypedError ConfigError when bubblewrap is demanded and does not work.
 */
export async function createProcessTrees(options: ProcessTreesOptions): Promise<ProcessTrees> {
  const { owner } = options;
  const bubblewrap = await findBubblewrap(options.isolation);
  const running = new Map<TreeChild, string>();

  function start(spec: TreeSpec, stdin: 'ignore' | 'pipe'): TreeChild {
    const child = new TreeChild({ spec, mark: makeMark(owner, spec.treeId), bubblewrap, stdin });
    running.set(child, spec.treeId);
    void child.over.finally(() => running.delete(child));
    return child;
  }

  async function end(treeId: string): Promise<number> {
    const own = [...running].filter(([, tree]) => tree === treeId).map(([child]) => child);
    const counts = await Promise.all(own.map((child) => child.end()));
    await Promise.all(own.map((child) => child.over));
    const name = treeName(owner, treeId);
    // what an earlier process of the same owner left of the task
    const rest = await endProcesses(
      byEnvironment((environment) => isOfTree(environment, name)),
      'SIGTERM',
    );
    return counts.reduce((sum, count) => sum + count, rest);
  }

  return {
    isolation: bubblewrap ? 'bubblewrap' : 'none',
    run: async (spec) => await runToEnd(spec, start),
    spawn: (spec) => start(spec, 'pipe'),
    end,
    reap: async () =>
      await endProcesses(
        byEnvironment((text) => isLeftBehind(text, owner)),
        'SIGTERM',
      ),
  };
}

function byEnvironment(matches: (environment: string) => boolean): Target {
  return { matches: (entry) => matches(entry.environment()), roots: new Set(), wrappers: new Set() };
}

async function runToEnd(spec: RunSpec, start: (spec: TreeSpec, stdin: 'ignore') => TreeChild): Promise<RunResult> {
  const begun = performance.now();
  const output = new CappedOutput(spec.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES);
  if (spec.signal?.aborted) {
    return { exitCode: null, signal: null, output: '', timedOut: false, aborted: true, durationMs: 0 };
  }
  const child = start(spec, 'ignore');
  for (const stream of [child.stdout, child.stderr]) {
    const lines = spec.onLine && new LineSplitter(spec.onLine);
    stream.on('data', (chunk: Buffer) => {
      output.write(chunk);
      lines?.write(chunk);
    });
    stream.once('close', () => lines?.end());
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void child.end();
  }, spec.timeoutMs);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    clearTimeout(timer);
    const aborted = !timedOut && spec.signal?.aborted === true;
    await child.over;
    const durationMs = Math.round(performance.now() - begun);
    return { exitCode: code, signal, output: output.text(), timedOut, aborted, durationMs };
  } finally {
    clearTimeout(timer);
  }
}
