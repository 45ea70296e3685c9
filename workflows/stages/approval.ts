import type { Criterion } from '../../src/domain/criterion.ts';
import type { Stage } from '../../src/domain/definition.ts';
import { TaskState } from '../../src/domain/task-state.ts';
import { approvalNotice, startNotice } from '../issue-notices.ts';
import type { StageReport, TaskRun } from '../task-run.ts';

/** What every approval demands, whatever its definition says: a rejected task must never go on. */
export const APPROVED: Criterion = { figure: 'approved', is: 'equal', value: true };

/** Waits, without a slot, until a person approves or rejects; a rejection's reason goes back to the stage before. */
export async function approval(run: TaskRun, stage: Stage): Promise<StageReport> {
  run.progress.move(TaskState.AwaitingApproval, { what: `approval of '${stage.id}'`, until: null });
  run.inbox.expect(stage.id);
  await run.workspace.suspend();
  run.issue.say('say on the issue that a person is asked', approvalNotice(run, stage.id));
  const decided = await run.inbox.decided();
  const approved = decided.kind === 'approved';
  run.issue.say('say on the issue that work goes on', startNotice(run));
  return {
    summary: approved ? 'approved' : `rejected: ${decided.reason}`,
    figures: { approved },
    feedback: approved ? '' : `A person rejected this: ${decided.reason}`,
  };
}
