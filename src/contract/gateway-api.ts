import { z } from 'zod';
import { END_STATES } from '../domain/task-state.ts';
import { HostReport } from './host-report.ts';
import { LogEntry } from './log-entry.ts';

/** What the gateway answers and takes; server and client parse with the same declarations. */

/** A refusal (`application/problem+json`): every mistake at once, and what mends it. */
export const Problem = z.object({
  title: z.string(),
  status: z.int(),
  /** The failure type that the client throws again, such as `WorkspaceLost`. */
  failure: z.string(),
  detail: z.string(),
  hint: z.string().optional(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});
export type Problem = z.infer<typeof Problem>;

/** A task's id as it stands in a path: encoded there by `encodeURIComponent`. */
export const TaskId = z.string().regex(/^[\x21-\x7e]{1,500}$/, 'a task id, such as task:github.com/owner/name#12');

export const LogBatch = z.array(LogEntry).min(1).max(10_000);
export type LogBatch = z.infer<typeof LogBatch>;

const count = z.coerce.number().int().min(0);

export const LogQuery = z.strictObject({
  follow: z.enum(['0', '1']).default('0'),
  tail: count.max(1_000_000).optional(),
  from: count.optional(),
});

export const TaskFilter = z.strictObject({
  state: z.enum(['running', ...END_STATES]).optional(),
  repo: z.string().min(1).max(500).optional(),
  /** Newest first, and no more than so many. */
  limit: count.min(1).max(1000).default(50),
});
export type TaskFilter = z.infer<typeof TaskFilter>;

/** A row of the ledger, as `LedgerTask` says. */
export const TaskRecord = z.object({
  id: z.string(),
  generation: z.int(),
  epoch: z.int(),
  repo: z.string().nullable(),
  issue: z.int().nullable(),
  title: z.string(),
  specialty: z.string().nullable(),
  source: z.string(),
  branch: z.string().nullable(),
  base: z.string().nullable(),
  pushedSha: z.string().nullable(),
  pullRequest: z.object({ number: z.int(), url: z.string() }).nullable(),
  state: z.enum(['running', ...END_STATES]),
  reason: z.string().nullable(),
  costUsd: z.number(),
  turns: z.int(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
});
export type TaskRecord = z.infer<typeof TaskRecord>;

export const TaskList = z.object({ tasks: z.array(TaskRecord) });

/** `seenAt` is the ISO time of the report. */
export const SeenHost = z.object({ ...HostReport.shape, seenAt: z.string() });
export type SeenHost = z.infer<typeof SeenHost>;
export const HostList = z.object({ hosts: z.array(SeenHost) });

export const EstimateQuery = z.strictObject({ repo: z.string().min(1).max(500).optional() });

/** What a task of a repository may cost, from what its latest completed ones did: null where there was none. */
export const Estimate = z.object({
  repo: z.string().nullable(),
  /** How many completed tasks it is made of, at most 50. */
  tasks: z.int(),
  medianUsd: z.number().nullable(),
  /** Nine of ten cost no more. */
  highUsd: z.number().nullable(),
});
export type Estimate = z.infer<typeof Estimate>;

export const Health = z.object({ status: z.enum(['ok', 'unavailable']), version: z.string() });
export type Health = z.infer<typeof Health>;

/** The last server-sent event of a followed log (`event: end`). */
export const LogEnd = z.object({ state: z.string() });
export type LogEnd = z.infer<typeof LogEnd>;
