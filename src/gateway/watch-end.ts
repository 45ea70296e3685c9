import type { Ledger } from '../ledger/ledger.ts';

/** Notices that a task has ended and that nothing more comes of it. */
export interface EndWatch {
  /** Aborted when the task is over and its log has been quiet for a moment: hosts send their last lines late. */
  readonly ended: AbortSignal;
  /** A line came. */
  touch(): void;
  /** The state in the ledger when it was last looked at. */
  state(): string;
  stop(): void;
}

const LOOK_MS = 500;
const QUIET_MS = 1_000;
/** For a task that ended long ago nothing is on its way any more. */
const LONG_QUIET_MS = 100;

/** One look by primary key twice a second while somebody follows: it needs no cooperation of whoever ends the task. */
export function watchEnd(ledger: Ledger, id: string): EndWatch {
  const over = new AbortController();
  let touched = Date.now();
  let state = 'unknown';
  const look = async () => {
    const task = await ledger.find(id);
    state = task?.state ?? 'unknown';
    if (!task || task.state === 'running') return;
    const age = Date.now() - Date.parse(task.endedAt ?? '');
    if (Date.now() - touched >= (age > 10_000 ? LONG_QUIET_MS : QUIET_MS)) over.abort();
  };
  // a ledger that fails now may answer the next time; the follower only stays a little longer
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  return {
    ended: over.signal,
    touch: () => {
      touched = Date.now();
    },
    state: () => state,
    stop: () => clearInterval(timer),
  };
}
