import { z } from 'zod';
import { END_STATES } from '../domain/task-state.ts';
import type { LedgerTask } from './ledger.ts';

const text = z.string().nullable();

/** A row of the view that `SELECT_TASK` reads. */
const TaskRow = z.object({
  id: z.string(),
  generation: z.int(),
  epoch: z.int(),
  repo: text,
  issue: z.int().nullable(),
  title: z.string(),
  specialty: text,
  source: z.string(),
  branch: text,
  base: text,
  pushed_sha: text,
  pr_number: z.int().nullable(),
  pr_url: text,
  state: z.enum(['running', ...END_STATES]),
  reason: text,
  cost_usd: z.number(),
  turns: z.int(),
  created_at: z.string(),
  ended_at: text,
});

/** Spend is kept per run and summed here, so that a retried task shows all that it cost. */
export const SELECT_TASK = `
  SELECT tasks.*,
    (SELECT coalesce(sum(cost_usd), 0.0) FROM runs WHERE task_id = tasks.id) AS cost_usd,
    (SELECT coalesce(sum(turns), 0) FROM runs WHERE task_id = tasks.id) AS turns
  FROM tasks`;

/** The row as the ledger's callers see it. */
export function toLedgerTask(raw: unknown): LedgerTask {
  const row = TaskRow.parse(raw);
  return {
    id: row.id,
    generation: row.generation,
    epoch: row.epoch,
    repo: row.repo,
    issue: row.issue,
    title: row.title,
    specialty: row.specialty,
    source: row.source,
    branch: row.branch,
    base: row.base,
    pushedSha: row.pushed_sha,
    pullRequest: row.pr_number === null || row.pr_url === null ? null : { number: row.pr_number, url: row.pr_url },
    state: row.state,
    reason: row.reason,
    costUsd: row.cost_usd,
    turns: row.turns,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
