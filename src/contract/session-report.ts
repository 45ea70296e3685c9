import { z } from 'zod';

/** The ends of a session that a workflow decides on; what a retry mends is thrown as a typed failure instead. */
export type SessionOutcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'wait-until'; readonly at: string | null; readonly window: string }
  | { readonly kind: 'budget-exhausted' }
  | { readonly kind: 'turns-exhausted' }
  /** The wall-clock cap of the session was reached. */
  | { readonly kind: 'time-exhausted' }
  | { readonly kind: 'context-exhausted' }
  | { readonly kind: 'permission-blocked'; readonly denials: readonly string[] }
  | { readonly kind: 'bad-output' };

const lines = z.array(z.string().min(1)).readonly();

/** What the analysis stage asks the session for. */
export const Analysis = z.object({
  summary: z.string().min(1).describe('The problem and its cause, in two or three sentences of your own.'),
  changeType: z
    .enum(['fix', 'feat', 'refactor', 'docs', 'test', 'chore', 'perf', 'build', 'ci', 'style'])
    .describe('Type of the conventional commit.'),
  acceptanceCriteria: lines.describe('What a reviewer can check one by one: observable behaviour.'),
  plan: lines.describe('The steps in order, with the files they touch.'),
  risks: lines.describe('What could break, and what the task leaves open.'),
  complexity: z.enum(['simple', 'medium', 'complex']),
});
export type Analysis = z.infer<typeof Analysis>;

export interface SessionReport {
  readonly outcome: SessionOutcome;
  readonly sessionId: string;
  /** The session's closing words, at most 2 KB. */
  readonly text: string;
  readonly analysis: Analysis | null;
  /** Of this call alone: Claude Code's own figures are cumulative over resumes. */
  readonly costUsd: number;
  readonly turns: number;
  readonly durationMs: number;
}
