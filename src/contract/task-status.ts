import type { Figure } from '../domain/criterion.ts';
import type { StageType } from '../domain/definition.ts';
import type { TaskState } from '../domain/task-state.ts';
import type { GateResult } from './gate-result.ts';
import type { PullRequestRef } from './activities.ts';

export interface StageStatus {
  readonly id: string;
  readonly type: StageType;
  readonly state: 'pending' | 'running' | 'waiting' | 'done' | 'failed' | 'skipped';
  /** How often it was begun: 1 without a redo. */
  readonly rounds: number;
  /** What came of it, in a sentence. */
  readonly summary: string;
  readonly figures: Readonly<Record<string, Figure>>;
  /** ISO times. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** Everything that the CLI and a dashboard show of one task: the answer of the query `status`. */
export interface TaskStatus {
  readonly id: string;
  readonly generation: number;
  readonly state: TaskState;
  /** The id of the stage at work, or of the last one. */
  readonly stage: string | null;
  readonly title: string;
  readonly repo: string | null;
  readonly issue: number | null;
  readonly issueUrl: string | null;
  readonly specialty: string | null;
  readonly model: string | null;
  readonly definition: string | null;
  readonly branch: string | null;
  readonly base: string | null;
  readonly host: string | null;
  readonly stages: readonly StageStatus[];
  readonly gates: readonly GateResult[];
  readonly pullRequest: PullRequestRef | null;
  /** Where the commits are when there is no pull request: a pushed branch or a patch artifact. */
  readonly delivery: string | null;
  /** The session's closing words, or the answer to a prompt. */
  readonly answer: string;
  readonly spend: { readonly usd: number; readonly capUsd: number; readonly sessions: number; readonly turns: number };
  /** Time in what is not ours: sessions, gates, the repository's own set-up; milliseconds. */
  readonly time: { readonly sessionMs: number; readonly gateMs: number; readonly setupMs: number };
  /** What it waits for, until when if that is known, and what a person can do now. */
  readonly waitingFor: { readonly what: string; readonly until: string | null } | null;
  readonly actions: readonly string[];
  /** The latest messages that were refused, and why. */
  readonly refusals: readonly { readonly at: string; readonly message: string }[];
  readonly notes: readonly { readonly at: string; readonly message: string }[];
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Why it ended as it did. */
  readonly reason: string | null;
}
