import type { Criterion } from '../../src/domain/criterion.ts';
import type { Stage } from '../../src/domain/definition.ts';
import { TaskState } from '../../src/domain/task-state.ts';
import { durationMs } from '../duration-ms.ts';
import { approvalNotice, startNotice } from '../issue-notices.ts';
import { TaskEnd } from '../task-end.ts';
import type { StageReport, TaskRun } from '../task-run.ts';

/** What every approval demands, whatever its definition says: a rejected task must never go on. */
export const APPROVED: Criterion = { figure: 'approved', is: 'equal', value: true };

/** Waits, without a slot, until a person approves or rejects; a rejection's reason goes back to the stage before. */
export async function approval(run: TaskRun, stage: Stage): Promise<StageReport> {
  const waitMs = durationMs(stage.timeout);
  const until = new Date(Date.now() + waitMs).toISOString();
  run.progress.move(TaskState.AwaitingApproval, { what: `approval of '${stage.id}'`, until });
  run.inbox.expect(stage.id);
  await run.workspace.suspend();
  run.issue.say('say on the issue that a person is asked', approvalNotice(run, stage.id));
  const decided = await run.inbox.decided(waitMs, `waiting for approval of '${stage.id}' until ${until.slice(0, 10)}`);
  if (!decided) throw new TaskEnd(TaskState.Failed, `nobody decided on '${stage.id}' within ${stage.timeout}`);
  const approved = decided.kind === 'approved';
  run.issue.say('say on the issue that work goes on', startNotice(run));
  return {
    summary: approved ? 'approved' : `rejected: ${decided.reason}`,
    figures: { approved },
    feedback: approved ? '' : `A person rejected this: ${decided.reason}`,
  };
}
