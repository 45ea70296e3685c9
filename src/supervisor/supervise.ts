import { setTimeout as delay } from 'node:timers/promises';
import type { ProgramExit, RunningProgram } from './programs.ts';

/** The exit status of a program that no restart can mend: its settings are wrong (sysexits' EX_CONFIG). */
export const EXIT_CONFIG = 78;

export interface SuperviseOptions {
  readonly start: () => RunningProgram;
  /** First wait before a restart, doubled up to `maxMs`; a program that ran longer than `resetMs` starts anew at the first. */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number; readonly resetMs: number };
  readonly onStart?: (program: RunningProgram) => void;
  /** `restartInMs` is null when it is not started again. */
  readonly onExit?: (exit: ProgramExit, restartInMs: number | null) => void;
}

export interface Supervised {
  /** The pid at this moment; undefined between two runs. */
  pid(): number | undefined;
  /** Resolves when the program will not be started again: after `stop`, or because of its settings. */
  readonly done: Promise<{ readonly gaveUp: boolean }>;
  stop(graceMs: number): Promise<void>;
}

const BACKOFF = { firstMs: 500, maxMs: 30_000, resetMs: 60_000 };

/** Keeps a program running: whatever ended it, it is started again after a growing pause. */
export function supervise(options: SuperviseOptions): Supervised {
  const backoff = options.backoff ?? BACKOFF;
  const stopping = new AbortController();
  let current: RunningProgram | undefined;

  async function loop(): Promise<{ gaveUp: boolean }> {
    let pauseMs = backoff.firstMs;
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      current = options.start();
      options.onStart?.(current);
      const exit = await current.exited;
      current = undefined;
      if (performance.now() - startedAt > backoff.resetMs) pauseMs = backoff.firstMs;
      const gaveUp = exit.code === EXIT_CONFIG;
      options.onExit?.(exit, stopping.signal.aborted || gaveUp ? null : pauseMs);
      if (gaveUp) return { gaveUp };
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      pauseMs = Math.min(backoff.maxMs, pauseMs * 2);
    }
    return { gaveUp: false };
  }

  const done = loop();
  return {
    pid: () => current?.pid,
    done,
    async stop(graceMs) {
      stopping.abort();
      await current?.stop(graceMs);
      await done;
    },
  };
}
