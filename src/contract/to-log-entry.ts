import type { LogEntry, TaskLog } from './log-entry.ts';

/** The entry as it is sent and stored: stamped with the time, what is too long cut, so that no receiver refuses it. */
export function toLogEntry(entry: Parameters<TaskLog['append']>[1], at: string): LogEntry {
  const { source, name, level = 'info', text } = entry;
  return {
    at,
    source,
    ...(name !== undefined && { name: name.slice(0, 100) }),
    level,
    text: text.length > 4096 ? `${text.slice(0, 4095)}…` : text,
  };
}
