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

/** What the analysis stage asks the session for. */
export interface Analysis {
  readonly summary: string;
  /** Conventional commit type: `fix`, `feat`, `refactor`, `docs`, `test`, `chore`, `perf`. */
  readonly changeType: string;
  readonly acceptanceCriteria: readonly string[];
  readonly plan: readonly string[];
  readonly risks: readonly string[];
  readonly complexity: 'simple' | 'medium' | 'complex';
}

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
