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

/** What the issue says while a person must approve a stage. */
export function approvalNotice({ findings, frame, progress }: TaskRun, stage: string): IssueNotice {
  const plan = (findings.analysis?.plan ?? []).map((step, index) => `${index + 1}. ${step.replace(/\s+/g, ' ')}`);
  const command = `\`taskfleet approve '${frame.id}' --stage ${stage}\``;
  return {
    state: TaskState.AwaitingApproval,
    text: `Waits for a person's approval of **${stage}**: ${command}, or \`reject\` with a \`--reason\`.`,
    ...(plan.length > 0 && { quote: plan.join('\n') }),
    pullRequest: progress.status.pullRequest,
  };
}

/** What the issue says while a person must mend something. */
export function humanNotice({ frame, progress }: TaskRun, reason: string): IssueNotice {
  return {
    state: TaskState.NeedsHuman,
    text: `Waits for a person to mend what is said below, and then for \`taskfleet resume '${frame.id}'\`.`,
    quote: reason,
    pullRequest: progress.status.pullRequest,
  };
}

/** What the issue says when the task is over, and what a person can do about it. */
export function endNotice(run: TaskRun, state: EndState, reason: string): IssueNotice {
  const { pullRequest, spend } = run.progress.status;
  const cost = `Cost: $${spend.usd.toFixed(2)} in ${spend.sessions} sessions.`;
  const quote = state === TaskState.Completed ? {} : { quote: reason };
  return { state, text: `${SENTENCES[state]} ${cost}`, ...quote, pullRequest };
}

const SENTENCES: Readonly<Record<EndState, string>> = {
  [TaskState.Completed]: 'Done: the pull request is ready for review.',
  [TaskState.NoChange]: 'Nothing was changed, so there is no pull request.',
  [TaskState.Cancelled]: 'Cancelled; nothing was left behind.',
  [TaskState.Superseded]: 'Given up for other work.',
  [TaskState.OverBudget]: 'Not finished.',
  [TaskState.Failed]: 'Not finished.',
};
