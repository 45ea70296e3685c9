import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { IssueNotice } from '../../src/contract/activities.ts';
import type { TaskStatus } from '../../src/contract/task-status.ts';
import { DEFAULT_STAGES, fakeFleet, sessionReport } from '../support/fake-fleet.ts';
import { createTimeSkippingEnvironment } from '../support/time-skipping-server.ts';
import { freshId, withFleet } from '../support/workflow-fleet.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await createTimeSkippingEnvironment();
}, 60_000);
afterAll(() => env.teardown());

const WITH_APPROVAL = [
  DEFAULT_STAGES[0],
  { id: 'plan', type: 'approval', dependsOn: ['analysis'] },
  ...DEFAULT_STAGES.slice(1).map((stage) => (stage.id === 'code' ? { ...stage, dependsOn: ['plan'] } : stage)),
];

async function untilState(handle: WorkflowHandle, state: string): Promise<void> {
  while ((await handle.query<TaskStatus>('status')).state !== state) {
    await new Promise((wake) => setTimeout(wake, 30));
  }
}

const noticesOf = (fleet: ReturnType<typeof fakeFleet>): IssueNotice[] =>
  fleet.requests<{ notice: IssueNotice }>('tellIssue').map(({ notice }) => notice);

describe('an issue', () => {
  it('is told what a person must mend, in whose words, and that work goes on afterwards', async () => {
    let mended = false;
    const fleet = fakeFleet({
      runSession: (request) =>
        mended
          ? Promise.resolve(sessionReport(request))
          : Promise.reject(ApplicationFailure.nonRetryable('@octocat: the key is not valid', 'AuthRequired')),
    });
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const handle = await start({ repo: 'acme/shop', issue: 12, id }, id);
      await untilState(handle, 'needs-human');
      while (noticesOf(fleet).at(-1)?.state !== 'needs-human') await new Promise((wake) => setTimeout(wake, 30));
      mended = true;
      await handle.executeUpdate('resume', { args: [{ actor: 'ada' }] });
      await result(handle);
    });

    const states = noticesOf(fleet).map(({ state }) => state);
    expect(states).toEqual(['in-progress', 'needs-human', 'in-progress', 'completed']);
    const [, asked] = noticesOf(fleet);
    expect(asked?.text).toContain(`taskfleet resume '${id}'`);
    expect(asked?.text).not.toContain('octocat');
    expect(asked?.quote).toContain('@octocat: the key is not valid');
  }, 60_000);

  it('is told what waits for an approval, with the plan as a quotation', async () => {
    const fleet = fakeFleet({ stages: WITH_APPROVAL });
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const handle = await start({ repo: 'acme/shop', issue: 12, id }, id);
      await untilState(handle, 'awaiting-approval');
      await handle.executeUpdate('approve', { args: [{ stage: 'plan' }] });
      await result(handle);
    });

    const notices = noticesOf(fleet);
    expect(notices.at(-1)?.state).toBe('completed');
    const asked = notices.find(({ state }) => state === 'awaiting-approval');
    expect(asked?.text).toContain(`taskfleet approve '${id}' --stage plan`);
    expect(asked?.quote).toBe('1. write a test\n2. fix it');
  }, 60_000);

  it('that cannot be told holds up no stage, and hears the end all the same', async () => {
    const fleet = fakeFleet({
      stages: WITH_APPROVAL,
      tellIssue: ({ notice }) =>
        notice.state === 'completed'
          ? Promise.resolve()
          : Promise.reject(ApplicationFailure.nonRetryable('comments are off', 'ForgeFailed')),
    });
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const handle = await start({ repo: 'acme/shop', issue: 12, id }, id);
      await untilState(handle, 'awaiting-approval');
      await handle.executeUpdate('approve', { args: [{ stage: 'plan' }] });

      expect(await result(handle)).toMatchObject({ state: 'completed' });
    });
    expect(noticesOf(fleet).at(-1)?.state).toBe('completed');
  }, 60_000);
});
