import type { LogEntry, TaskLog } from '../contract/log-entry.ts';
import { toLogEntry } from '../contract/to-log-entry.ts';
import { createBacklog } from './log-backlog.ts';

export interface RemoteTaskLogOptions {
  /** Hands entries of one task over; rejects when they should be tried again. */
  readonly send: (taskId: string, entries: readonly LogEntry[]) => Promise<void>;
  /** Most bytes that wait for the gateway, all tasks together. Default 2 MiB. */
  readonly maxBytes?: number;
  /** How long `flush` waits before it gives up. Default 5 s. */
  readonly flushMs?: number;
}

const BATCH_MS = 200;
const BATCH_BYTES = 64 * 1024;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * The log of a host: sends batches after 200 ms or 64 KB, one at a time. While the gateway is away it tries again with
 * growing waits and keeps the newest lines; what had to be dropped is told in its place.
 */
export function createRemoteTaskLog(options: RemoteTaskLogOptions): TaskLog {
  const { send, maxBytes = 2 * 1024 * 1024, flushMs = 5_000 } = options;
  const backlog = createBacklog(maxBytes);
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let failures = 0;

  /** Sends until nothing is left or the gateway fails. */
  const sendAll = async (): Promise<void> => {
    for (let batch = backlog.take(BATCH_BYTES); batch; batch = backlog.take(BATCH_BYTES)) {
      try {
        await send(batch.taskId, batch.entries);
        failures = 0;
      } catch {
        backlog.giveBack(batch);
        failures += 1;
        return;
      }
    }
  };

  const start = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    sending ??= sendAll().finally(() => {
      sending = undefined;
      if (backlog.bytes() > 0) schedule();
    });
    return sending;
  };

  const schedule = (): void => {
    if (sending) return;
    if (backlog.bytes() >= BATCH_BYTES && failures === 0) {
      void start();
      return;
    }
    const waitMs = failures === 0 ? BATCH_MS : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    // a process that has nothing else to do must not stay for its log: it flushes before it goes
    timer ??= setTimeout(() => void start(), waitMs).unref();
  };

  return {
    append(taskId, entry) {
      backlog.add(taskId, toLogEntry(entry, new Date().toISOString()));
      schedule();
    },
    async flush() {
      const deadline = Date.now() + flushMs;
      while (backlog.bytes() > 0 || sending) {
        const leftMs = deadline - Date.now();
        if (leftMs <= 0) return;
        await withinTime(start(), leftMs);
        if (failures > 0) await withinTime(new Promise(() => undefined), Math.min(FIRST_WAIT_MS, leftMs));
      }
    },
  };
}

async function withinTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
