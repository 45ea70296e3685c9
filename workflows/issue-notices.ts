import type { IssueNotice } from '../src/contract/activities.ts';
import { TaskState, type EndState } from '../src/domain/task-state.ts';
import type { TaskRun } from './task-run.ts';

/** What the issue says while the task is at work. Our own words only: the session's are untrusted here. */
export function startNotice({ frame, intake }: TaskRun): IssueNotice {
  return {
    state: TaskState.InProgress,
    text: `At work as \`${frame.specialty.name}\` (${frame.specialty.model}) on \`${frame.branch}\`, with at most $${intake.budgetUsd.toFixed(2)}.`,
    pullRequest: null,
  };
}

/** What the issue says when the task is over, and what a person can do about it. */
export function endNotice(run: TaskRun, state: EndState, reason: string): IssueNotice {
  const { pullRequest, spend } = run.progress.status;
  const cost = `Cost: $${spend.usd.toFixed(2)} in ${spend.sessions} sessions.`;
  return { state, text: [sentence(state, reason), cost].join('\n\n'), pullRequest };
}

function sentence(state: EndState, reason: string): string {
  switch (state) {
    case TaskState.Completed:
      return 'Done: the pull request is ready for review.';
    case TaskState.NoChange:
      return `Nothing was changed, so there is no pull request: ${reason}`;
    case TaskState.Cancelled:
      return `Cancelled; nothing was left behind. ${reason}`;
    case TaskState.Superseded:
      return `Given up for other work: ${reason}`;
    case TaskState.OverBudget:
    case TaskState.Failed:
      return `Not finished: ${reason}`;
  }
}
