import type { LogEntry } from '../contract/log-entry.ts';

export interface Batch {
  readonly taskId: string;
  readonly entries: readonly LogEntry[];
}

/** Log entries that wait to be sent: bounded, oldest first, one task per batch. */
export interface Backlog {
  add(taskId: string, entry: LogEntry): void;
  /** The next entries of the task that has waited longest, about that many bytes of them. */
  take(bytes: number): Batch | undefined;
  /** Puts back what could not be sent, in front. */
  giveBack(batch: Batch): void;
  bytes(): number;
}

const MAX_ENTRIES = 5_000;

export function createBacklog(maxBytes: number): Backlog {
  const waiting = new Map<string, LogEntry[]>();
  const dropped = new Map<string, number>();
  let bytes = 0;

  const dropOldest = (): void => {
    while (bytes > maxBytes) {
      const [taskId, entries] = waiting.entries().next().value ?? [];
      if (taskId === undefined || !entries) return;
      // a share at a time: shifting line by line would cost as much as all lines that wait
      const gone = entries.splice(0, Math.max(1, entries.length >> 3));
      for (const entry of gone) bytes -= sizeOf(entry);
      dropped.set(taskId, (dropped.get(taskId) ?? 0) + gone.length);
      if (entries.length === 0) waiting.delete(taskId);
    }
  };

  return {
    add(taskId, entry) {
      const entries = waiting.get(taskId);
      if (entries) entries.push(entry);
      else waiting.set(taskId, [entry]);
      bytes += sizeOf(entry);
      dropOldest();
    },
    take(wanted) {
      const [taskId, all] = waiting.entries().next().value ?? [];
      if (taskId === undefined || !all) return undefined;
      const entries = all.splice(0, countFitting(all, wanted));
      for (const entry of entries) bytes -= sizeOf(entry);
      // to the end of the line, so that one talkative task does not silence the others
      waiting.delete(taskId);
      if (all.length > 0) waiting.set(taskId, all);
      const missing = dropped.get(taskId) ?? 0;
      dropped.delete(taskId);
      return { taskId, entries: missing > 0 ? [note(missing), ...entries] : entries };
    },
    giveBack({ taskId, entries }) {
      waiting.set(taskId, [...entries, ...(waiting.get(taskId) ?? [])]);
      for (const entry of entries) bytes += sizeOf(entry);
      dropOldest();
    },
    bytes: () => bytes,
  };
}

/** How many of the first entries make that many bytes; at least one. */
function countFitting(entries: readonly LogEntry[], wanted: number): number {
  let size = 0;
  const tooMany = entries.findIndex((entry, index) => {
    size += sizeOf(entry);
    return index > 0 && (size > wanted || index >= MAX_ENTRIES);
  });
  return tooMany < 0 ? entries.length : tooMany;
}

function sizeOf(entry: LogEntry): number {
  return entry.text.length + 100;
}

function note(missing: number): LogEntry {
  const text = `${missing} lines were dropped while the gateway could not be reached`;
  return { at: new Date().toISOString(), source: 'task', level: 'warning', text };
}
