import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';

export interface ProcessLock {
  release(): void;
}

/** Held for as long as the process lives: a lock whose taker forgot it would go with the next garbage collection. */
const taken = new Set<DatabaseSync>();

/**
 * Takes a lock that the kernel gives back when this process dies, however it dies: no stale locks to reason about.
 * It is the exclusive lock of an empty SQLite file. Resolves to undefined when another process holds it.
 */
export function tryProcessLock(path: string): ProcessLock | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (/locked|busy/i.test(String(error))) return undefined;
    throw error;
  }
  writeFileSync(holderFile(path), String(process.pid), { mode: 0o600 });
  taken.add(database);
  return {
    release() {
      if (taken.delete(database)) database.close();
    },
  };
}

/** Waits for the lock; rejects with the signal's reason when that comes first. */
export async function waitForProcessLock(path: string, signal: AbortSignal): Promise<ProcessLock> {
  for (;;) {
    const lock = tryProcessLock(path);
    if (lock) return lock;
    await delay(100, undefined, { signal });
  }
}

/** The pid that took the lock last: for messages only. */
export function lockHolder(path: string): string {
  try {
    return readFileSync(holderFile(path), 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

function holderFile(path: string): string {
  return `${path}.pid`;
}
