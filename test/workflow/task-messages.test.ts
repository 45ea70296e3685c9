import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { TaskStatus } from '../../src/contract/task-status.ts';
import { DEFAULT_STAGES, fakeFleet, untilCancelled } from '../support/fake-fleet.ts';
import { createTimeSkippingEnvironment } from '../support/time-skipping-server.ts';
import { freshId, withFleet } from '../support/workflow-fleet.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await createTimeSkippingEnvironment();
}, 60_000);
afterAll(() => env.teardown());

const WITH_APPROVAL = [
  DEFAULT_STAGES[0],
  {
    id: 'plan',
    type: 'approval',
    dependsOn: ['analysis'],
    success: [{ figure: 'approved', is: 'equal', value: true }],
    redo: { stage: 'analysis', rounds: 2 },
  },
  ...DEFAULT_STAGES.slice(1).map((stage) => (stage.id === 'code' ? { ...stage, dependsOn: ['plan'] } : stage)),
];

function issue(id: string) {
  return { repo: 'acme/shop', issue: 12, id };
}

async function until(handle: WorkflowHandle, met: (status: TaskStatus) => boolean): Promise<TaskStatus> {
  for (;;) {
    const status = await handle.query<TaskStatus>('status');
    if (met(status)) return status;
    await new Promise((wake) => setTimeout(wake, 30));
  }
}

const awaitsApproval = (status: TaskStatus): boolean => status.state === 'awaiting-approval';

describe('the messages of a task', () => {
  it('hold the slot-free wait for an approval that names its stage', async () => {
    const fleet = fakeFleet({ stages: WITH_APPROVAL });
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const handle = await start(issue(id), id);
      const waiting = await until(handle, awaitsApproval);
      const answer = await handle.executeUpdate('approve', { args: [{ stage: 'plan', actor: 'ada' }] });

      expect(waiting).toMatchObject({ actions: ['approve', 'reject', 'cancel'], stage: 'plan' });
      expect(answer).toMatchObject({ message: 'plan approved' });
      expect(await result(handle)).toMatchObject({ state: 'completed' });
    });
    expect(fleet.requests<{ keep: boolean }>('closeWorkspace')[0]).toMatchObject({ keep: true });
  }, 60_000);

  it('take a rejection back to the stage before with its reason', async () => {
    const fleet = fakeFleet({ stages: WITH_APPROVAL });
    const id = freshId();

    await withFleet(
      env,
      fleet,
      async ({ start, result }) => {
        const handle = await start(issue(id), id);
        await until(handle, awaitsApproval);
        await handle.signal('reject', { stage: 'plan', reason: 'too large' });
        await until(
          handle,
          (status) =>
            status.stages.some((stage) => stage.id === 'plan' && stage.rounds === 2) && awaitsApproval(status),
        );
        await handle.signal('approve', { stage: 'plan' });

        expect(await result(handle)).toMatchObject({ state: 'completed' });
      },
      { record: 'rejected-then-approved' },
    );
    const asked = fleet
      .requests<{ kind: string; feedback: string }>('runSession')
      .filter(({ kind }) => kind === 'analysis');
    expect(asked.map(({ feedback }) => feedback)).toEqual(['', 'A person rejected this: too large']);
  }, 60_000);

  const refused: [string, string, unknown[], RegExp][] = [
    ['an approval without input', 'approve', [], /stage/],
    ['an approval of null', 'approve', [null], /stage/],
    ['an approval of another stage', 'approve', [{ stage: 'deploy' }], /'deploy' does not wait/],
    ['an approval with a field too many', 'approve', [{ stage: 'plan', force: true }], /force/],
    ['a rejection without a reason', 'reject', [{ stage: 'plan' }], /reason/],
    ['an approval that is a text', 'approve', ['plan'], /expected object/i],
    ['a resume of a task that is not waiting for that', 'resume', [{}], /not waiting for that/],
  ];

  it.each(refused)(
    'refuse %s at once as an update',
    async (_what, name, args, message) => {
      const fleet = fakeFleet({ stages: WITH_APPROVAL });
      const id = freshId();

      await withFleet(env, fleet, async ({ start, result }) => {
        const handle = await start(issue(id), id);
        await until(handle, awaitsApproval);
        const attempt = handle.executeUpdate(name, { args: args as [unknown] });

        await expect(attempt).rejects.toMatchObject({ cause: { message: expect.stringMatching(message) } });
        expect(await until(handle, awaitsApproval)).toMatchObject({ state: 'awaiting-approval' });
        await handle.signal('cancel');
        await result(handle);
      });
    },
    60_000,
  );

  it('show a refused signal without failing the task', async () => {
    const fleet = fakeFleet({ stages: WITH_APPROVAL });
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const handle = await start(issue(id), id);
      await until(handle, awaitsApproval);
      await handle.signal('approve');
      await handle.signal('approve', { stage: 'nonsense' });
      const status = await until(handle, ({ refusals }) => refusals.length === 2);
      await handle.signal('approve', { stage: 'plan' });

      expect(status.refusals.map(({ message }) => message)).toEqual([
        expect.stringContaining('stage'),
        "approve: 'nonsense' does not wait for an approval, 'plan' does",
      ]);
      expect(await result(handle)).toMatchObject({ state: 'completed' });
    });
  }, 60_000);

  it('let a task end when nobody decides in time', async () => {
    const stages = WITH_APPROVAL.map((stage) => (stage?.id === 'plan' ? { ...stage, timeout: '30d' } : stage));
    const fleet = fakeFleet({ stages });
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const end = await result(await start(issue(id), id));

      expect(end).toMatchObject({ state: 'failed', reason: "nobody decided on 'plan' within 30d" });
    });
    expect(fleet.names()).not.toContain('publishChange');
  }, 60_000);

  it('cancel a session at work, tidy up, and end as cancelled', async () => {
    const fleet = fakeFleet({ runSession: untilCancelled });
    const id = freshId();

    await withFleet(
      env,
      fleet,
      async ({ start, result }) => {
        const handle = await start(issue(id), id);
        await until(handle, (status) => status.state === 'analysing' && status.host === 'one');
        await handle.executeUpdate('cancel', { args: [{ actor: 'ada', reason: 'not needed' }] });

        expect(await result(handle)).toMatchObject({ state: 'cancelled', reason: 'cancelled by ada: not needed' });
      },
      { record: 'cancelled' },
    );
    expect(fleet.requests('closeWorkspace')).toEqual([expect.objectContaining({ keep: false })]);
    expect(fleet.requests('closeTask')).toEqual([expect.objectContaining({ state: 'cancelled' })]);
    expect(fleet.names()).not.toContain('publishChange');
  }, 60_000);

  it("tidy up as well when Temporal's own cancellation comes", async () => {
    const fleet = fakeFleet({ runSession: untilCancelled });
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const handle = await start(issue(id), id);
      await until(handle, (status) => status.host === 'one');
      await handle.cancel();

      await expect(result(handle)).rejects.toThrow();
      expect((await handle.describe()).status.name).toBe('CANCELLED');
    });
    expect(fleet.requests('closeWorkspace')).toHaveLength(1);
    expect(fleet.requests('closeTask')).toEqual([expect.objectContaining({ state: 'cancelled' })]);
  }, 60_000);

  it('pause between stages without holding a slot, and go on after resume', async () => {
    const fleet = fakeFleet({ stages: WITH_APPROVAL });
    const id = freshId();

    await withFleet(
      env,
      fleet,
      async ({ start, result }) => {
        const handle = await start(issue(id), id);
        await until(handle, awaitsApproval);
        await handle.executeUpdate('pause', { args: [{}] });
        await handle.executeUpdate('approve', { args: [{ stage: 'plan' }] });
        const paused = await until(handle, (status) => status.state === 'paused');
        const again = handle.executeUpdate('pause', { args: [{}] });

        await expect(again).rejects.toMatchObject({ cause: { message: 'the task is paused already' } });
        expect(paused).toMatchObject({ host: null, actions: ['resume', 'cancel'] });
        await handle.executeUpdate('resume', { args: [{}] });
        expect(await result(handle)).toMatchObject({ state: 'completed' });
      },
      { record: 'paused' },
    );
  }, 60_000);
});
