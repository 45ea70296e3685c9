import { readFileSync } from 'node:fs';
import { usageOf } from './process-usage.ts';

const EVERY_MS = 100;

/** Counts the processor time of what a host runs in sandboxes of its own, of which its own books know nothing. */
export interface TreeSampler {
  /** Milliseconds since the start: short of at most the last moments of each program. */
  stop(): number;
}

/**
 * Looks at the programs below a process ten times a second. Bubblewrap ends without waiting for what it ran, so that the
 * system adds that to nobody's account; all other children are in their parent's.
 */
export function sampleTrees(pid: number | undefined): TreeSampler {
  const seen = new Map<number, number>();
  const look = (): void => {
    for (const child of childrenOf(pid)) {
      if (nameOf(child) === 'bwrap') seen.set(child, Math.max(seen.get(child) ?? 0, usedBy(child)));
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    stop() {
      look();
      clearInterval(timer);
      return [...seen.values()].reduce((sum, ms) => sum + ms, 0);
    },
  };
}

/** Of all processes of the tree that are alive, with what they waited for. */
function usedBy(pid: number): number {
  const usage = usageOf(pid);
  const own = usage ? usage.ownMs + usage.childrenMs : 0;
  return childrenOf(pid).reduce((sum, child) => sum + usedBy(child), own);
}

function childrenOf(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

function nameOf(pid: number): string {
  return read(`/proc/${pid}/comm`).trim();
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
