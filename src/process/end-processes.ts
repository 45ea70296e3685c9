import { setTimeout as sleep } from 'node:timers/promises';
import { listProcesses, type ProcessEntry } from './process-table.ts';

/** From the first signal to SIGKILL: all is over within two seconds, also on a busy machine. */
export const GRACE_MS = 1_000;
/** How long processes may survive SIGKILL (in an uninterruptible system call, say) before they are given up. */
const GIVE_UP_MS = 5_000;

/** Which processes are meant: the ones that match, and whatever descends from these and from the roots. */
export interface Target {
  matches(entry: ProcessEntry): boolean;
  readonly roots: ReadonlySet<number>;
  /** Roots that are the wrapper of a PID namespace: it and its init get no soft signal, for that would be a hard one. */
  readonly wrappers: ReadonlySet<number>;
}

/**
 * Ends all processes that are meant; resolves to how many there were, wrappers not counted.
 * With a soft signal they get the grace time first. Looks again until none is left, so that one which
 * was just being forked does not escape.
 */
export async function endProcesses(target: Target, soft?: NodeJS.Signals): Promise<number> {
  const found = new Set<number>();
  const inits = new Set<number>();
  const note = (pids: Iterable<number>): void => {
    for (const pid of pids) found.add(pid);
  };
  if (soft && soft !== 'SIGKILL') {
    note(signalProcesses(target, soft, inits));
    const until = Date.now() + GRACE_MS;
    for (let pause = 10; found.size > 0 && Date.now() < until; pause = Math.min(100, pause * 2)) {
      await sleep(Math.min(pause, Math.max(1, until - Date.now())));
      if (signalProcesses(target, 0, inits).size === 0) break;
    }
  }
  const until = Date.now() + GIVE_UP_MS;
  for (let pause = 2; Date.now() < until; pause = Math.min(50, pause * 2)) {
    const left = signalProcesses(target, 'SIGKILL', inits);
    if (left.size === 0) break;
    note(left);
    await sleep(pause);
  }
  for (const pid of [...target.wrappers, ...inits]) found.delete(pid);
  return found.size;
}

/** Sends the signal (0 only looks) to each process that is meant; returns which these were. Adds to `inits` those of namespaces. */
function signalProcesses(target: Target, signal: NodeJS.Signals | 0, inits: Set<number>): Set<number> {
  const meant = new Set<number>();
  const children = new Map<number, number[]>();
  const hit = (pid: number, parent: number): void => {
    const isWrapping = target.wrappers.has(pid) || target.wrappers.has(parent);
    if (meant.has(pid) || pid === process.pid || (isWrapping && signal !== 'SIGKILL')) return;
    if (send(pid, signal)) meant.add(pid);
  };
  for (const entry of listProcesses()) {
    if (target.wrappers.has(entry.parent)) inits.add(entry.pid);
    children.set(entry.parent, [...(children.get(entry.parent) ?? []), entry.pid]);
    // at once: one that forks and exits in a loop would be gone by the end of the table
    if (target.roots.has(entry.pid) || target.matches(entry)) hit(entry.pid, entry.parent);
  }
  const queue = [...meant, ...target.roots];
  const visited = new Set(queue);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const child of children.get(next) ?? []) {
      if (visited.has(child)) continue;
      visited.add(child);
      queue.push(child);
      hit(child, next);
    }
  }
  return meant;
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
