import { endProcesses } from '../src/process/end-processes.ts';

/** What has to be ended, in the reverse order of its beginning. */
export class Closers {
  readonly #closers: (() => Promise<void>)[] = [];

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  /** Ends all of it, whatever fails on the way. */
  async closeAll(onError: (error: unknown) => void): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close().catch(onError);
  }
}

/**
 * Ends what escaped the orderly end: whatever descends from this process or carries the mark in its environment.
 * Resolves to how many processes there were.
 */
export async function endLeftovers(mark: string): Promise<number> {
  const entry = `TASKFLEET_DEMO=${mark}\0`;
  const matches = (process: { environment(): string }): boolean => process.environment().includes(entry);
  return await endProcesses({ matches, roots: new Set([process.pid]), wrappers: new Set() }, 'SIGTERM');
}
