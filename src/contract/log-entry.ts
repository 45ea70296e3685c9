import { z } from 'zod';

/** One line of a task's log as people follow it: what the session, the gates and taskfleet itself did. */
export const LogEntry = z.strictObject({
  /** ISO time of the source. */
  at: z.string(),
  /** Where it comes from. */
  source: z.enum(['task', 'session', 'tool', 'gate', 'setup', 'service']),
  /** The name of the tool, gate or service, where there is one. */
  name: z.string().max(100).optional(),
  level: z.enum(['info', 'warning', 'error']).default('info'),
  /** At most 4 KB: what is longer is cut by the sender. */
  text: z.string().max(4096),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** Where log entries go; on a host it batches them to the gateway. Never throws: a lost line must not fail a task. */
export interface TaskLog {
  append(taskId: string, entry: Omit<LogEntry, 'at' | 'level'> & { readonly level?: LogEntry['level'] }): void;
  /** Resolves when everything appended so far was handed over or given up. */
  flush(): Promise<void>;
}
