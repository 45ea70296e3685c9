import { setTimeout as sleep } from 'node:timers/promises';

/** Runs writes one after the other, each begun at least `gapMs` after the last: bursts trip GitHub's secondary limits. */
export function createWriteGate(gapMs: number): <T>(write: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let begun = -Infinity;
  return (write) => {
    const turn = last.then(async () => {
      const waitMs = begun + gapMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      begun = performance.now();
      return write();
    });
    last = turn.catch(() => undefined);
    return turn;
  };
}
