import { mkdir } from 'node:fs/promises';
import type { LogEntry, TaskLog } from '../contract/log-entry.ts';
import { toLogEntry } from '../contract/to-log-entry.ts';
import { createLogChanges } from './log-changes.ts';
import { createTurns } from './create-turns.ts';
import { openLogFile } from './log-file.ts';
import { openStretch, type LogStretch, type Positioned } from './read-lines.ts';

/** Where to begin: at a position that an earlier entry came with, or with the last `tail` entries; else at the start. */
export interface LogStart {
  readonly from?: number | undefined;
  readonly tail?: number | undefined;
}

/** The logs of all tasks on the coordinator's disk. */
export interface FileTaskLog extends TaskLog {
  /** Resolves when the entries are in the file. */
  appendBatch(taskId: string, entries: readonly LogEntry[]): Promise<void>;
  /** What is there now; nothing for a task that has no log. */
  read(taskId: string, start?: LogStart): AsyncGenerator<Positioned>;
  /** What is there and what comes, until the signal is aborted. Reads from the file: a slow reader costs no memory. */
  follow(taskId: string, options: LogStart & { readonly signal: AbortSignal }): AsyncGenerator<Positioned>;
}

/** Most that may wait for the disk; beyond it lines are dropped and counted. */
const MAX_PENDING_BYTES = 4 * 1024 * 1024;

/**
 * Opens the logs in a folder: one set of files per task, capped at `maxBytes` (10 MiB where not given) by dropping the
 * oldest half, which a reader is told. One process at a time may write to a folder.
 */
export async function openFileTaskLog(options: {
  readonly folder: string;
  readonly maxBytes?: number;
}): Promise<FileTaskLog> {
  const { folder, maxBytes = 10 * 1024 * 1024 } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const inTurn = createTurns();
  const changes = createLogChanges();
  const pending = new Map<string, LogEntry[]>();
  const writes = new Set<Promise<void>>();
  let pendingBytes = 0;
  let lost = 0;

  const fileOf = (taskId: string) => openLogFile(folder, { taskId, maxBytes });

  const write = async (taskId: string, entries: readonly LogEntry[]): Promise<void> => {
    const missed = lost;
    const told = missed > 0 ? [note(`${missed} lines of logs could not be written and are lost`), ...entries] : entries;
    await fileOf(taskId).append(told.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    lost -= missed;
    changes.announce(taskId);
  };

  const writePending = async (taskId: string): Promise<void> => {
    const entries = pending.get(taskId) ?? [];
    pending.delete(taskId);
    try {
      await write(taskId, entries);
    } catch {
      // a lost line must not fail a task: the next line that can be written says how many are missing
      lost += entries.length;
    }
    for (const entry of entries) pendingBytes -= entry.text.length;
  };

  const openNow = (taskId: string): Promise<LogStretch> =>
    inTurn(taskId, async () => openStretch(await fileOf(taskId).layout()));

  async function* readStretch(stretch: LogStretch, start: LogStart): AsyncGenerator<Positioned> {
    const tailed = start.from === undefined && start.tail !== undefined ? await stretch.seekTail(start.tail) : 0;
    const from = Math.min(start.from ?? tailed, stretch.end);
    const { bytes, lines } = stretch.dropped;
    if (from < bytes) {
      const text = `the log had grown too large: its first ${lines} lines (${bytes} bytes) were dropped`;
      yield { entry: note(text), position: bytes };
    }
    yield* stretch.entries(from);
  }

  return {
    append(taskId, entry) {
      const stamped = toLogEntry(entry, new Date().toISOString());
      if (pendingBytes + stamped.text.length > MAX_PENDING_BYTES) {
        lost += 1;
        return;
      }
      pendingBytes += stamped.text.length;
      const waiting = pending.get(taskId);
      if (waiting) {
        waiting.push(stamped);
        return;
      }
      pending.set(taskId, [stamped]);
      const written = inTurn(taskId, () => writePending(taskId)).finally(() => writes.delete(written));
      writes.add(written);
    },
    async flush() {
      while (writes.size > 0) await Promise.all(writes);
    },
    async appendBatch(taskId, entries) {
      if (entries.length > 0) await inTurn(taskId, () => write(taskId, entries));
    },
    async *read(taskId, start = {}) {
      const stretch = await openNow(taskId);
      try {
        yield* readStretch(stretch, start);
      } finally {
        await stretch.close();
      }
    },
    async *follow(taskId, { signal, ...start }) {
      let next: LogStart = start;
      while (!signal.aborted) {
        const stop = new AbortController();
        // asked before the reading: what is written meanwhile wakes the next round
        const changed = changes.next(taskId, AbortSignal.any([signal, stop.signal]));
        const stretch = await openNow(taskId);
        try {
          for await (const positioned of readStretch(stretch, next)) {
            if (signal.aborted) return;
            yield positioned;
          }
          next = { from: stretch.end };
          await stretch.close();
          await changed;
        } finally {
          stop.abort();
          await stretch.close();
        }
      }
    },
  };
}

function note(text: string): LogEntry {
  return { at: new Date().toISOString(), source: 'task', level: 'warning', text };
}
