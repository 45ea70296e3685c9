import type { EndState } from '../domain/task-state.ts';
import type { PullRequestRef } from './activities.ts';

/** What the workflow `task` returns. */
export type TaskResult =
  | {
      readonly kind: 'ended';
      readonly id: string;
      readonly state: EndState;
      readonly reason: string;
      readonly pullRequest: PullRequestRef | null;
      readonly delivery: string | null;
      readonly answer: string;
      readonly costUsd: number;
    }
  /** This run was only a door: the task runs under its canonical id. */
  | { readonly kind: 'started' | 'attached' | 'already-ended'; readonly id: string };
