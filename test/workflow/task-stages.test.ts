import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { SessionRequest } from '../../src/contract/activities.ts';
import type { SessionOutcome } from '../../src/contract/session-report.ts';
import type { TaskResult } from '../../src/contract/task-result.ts';
import type { TaskStatus } from '../../src/contract/task-status.ts';
import {
  changeOf,
  DEFAULT_STAGES,
  fakeFleet,
  frameOf,
  gate,
  sessionReport,
  untilCancelled,
  type Overrides,
} from '../support/fake-fleet.ts';
import { createTimeSkippingEnvironment } from '../support/time-skipping-server.ts';
import { freshId, withFleet } from '../support/workflow-fleet.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await createTimeSkippingEnvironment();
}, 60_000);
afterAll(() => env.teardown());

async function runToEnd(overrides: Overrides) {
  const fleet = fakeFleet(overrides);
  const id = freshId();
  const seen: { end?: TaskResult; status?: TaskStatus } = {};
  await withFleet(env, fleet, async ({ start, result, status }) => {
    const handle = await start({ repo: 'acme/shop', issue: 12, id }, id);
    seen.end = await result(handle);
    seen.status = await status(handle);
  });
  return { fleet, end: seen.end, status: seen.status };
}

const [ANALYSIS, CODE, GATES, PULL_REQUEST] = DEFAULT_STAGES;

describe('the stages of a definition', () => {
  it('go on without an optional stage that failed, and skip what needs it', async () => {
    const { end, status } = await runToEnd({
      stages: [
        CODE_ALONE,
        { id: 'lint', type: 'command', command: 'lint', dependsOn: ['code'], required: false, success: GREEN },
        { id: 'report', type: 'command', command: 'report', dependsOn: ['lint'], required: false },
        { ...PULL_REQUEST, dependsOn: ['code'] },
      ],
      runCommand: ({ name }) => Promise.resolve({ gates: [gate(name, 'red')], feedback: 'untidy', durationMs: 1 }),
    });

    expect(end).toMatchObject({ state: 'completed' });
    expect(status?.stages.map(({ id, state }) => [id, state])).toEqual([
      ['code', 'done'],
      ['lint', 'failed'],
      ['report', 'skipped'],
      ['pull-request', 'done'],
    ]);
  }, 60_000);

  it('fail the task when a required stage cannot run', async () => {
    const { end } = await runToEnd({
      stages: [
        { ...CODE_ALONE, required: false },
        { ...PULL_REQUEST, dependsOn: ['code'] },
      ],
      runSession: () => Promise.reject(ApplicationFailure.nonRetryable('no', 'Refused')),
    });

    expect(end).toMatchObject({ state: 'failed', reason: "'pull-request' could not run: a stage before it failed" });
  }, 60_000);

  it('try no other round once a failure criterion is met', async () => {
    const { end, fleet } = await runToEnd({
      stages: [
        CODE_ALONE,
        { ...GATES, dependsOn: ['code'], failure: [{ figure: 'redGates', is: 'at-least', value: 1 }] },
      ],
      runGates: () => Promise.resolve({ gates: [gate('tests', 'timeout')], feedback: 'hangs', durationMs: 1 }),
    });

    expect(end).toMatchObject({ state: 'failed' });
    expect(fleet.requests('runGates')).toHaveLength(1);
  }, 60_000);

  it('let a gate pass that is red on the base as well', async () => {
    const { end, status } = await runToEnd({
      runGates: () =>
        Promise.resolve({ gates: [gate('lint', 'red-on-base'), gate('tests')], feedback: '', durationMs: 1 }),
    });

    expect(end).toMatchObject({ state: 'completed' });
    expect(status?.stages.find(({ id }) => id === 'gates')?.figures).toEqual({
      gates: 2,
      redGates: 1,
      blockingGates: 0,
    });
  }, 60_000);

  const extended: [SessionOutcome, number][] = [
    [{ kind: 'turns-exhausted' }, 1],
    [{ kind: 'time-exhausted' }, 1],
    [{ kind: 'context-exhausted' }, 2],
    [{ kind: 'bad-output' }, 2],
  ];

  it.each(extended)(
    'take a session up again after %j, in %d conversations',
    async (outcome, conversations) => {
      let calls = 0;
      const { end, fleet } = await runToEnd({
        stages: [CODE_ALONE, { ...PULL_REQUEST, dependsOn: ['code'] }],
        runSession: (request) => Promise.resolve(sessionReport(request, calls++ === 0 ? { outcome } : {})),
      });

      const asked = fleet.requests<SessionRequest>('runSession');
      expect(end).toMatchObject({ state: 'completed' });
      expect(asked.map(({ round }) => round)).toEqual([1, 2]);
      expect(new Set(asked.map(({ sessionId }) => sessionId)).size).toBe(conversations);
    },
    60_000,
  );

  it.each(extended)(
    'give up on %j after three sessions',
    async (outcome) => {
      const { end, fleet } = await runToEnd({
        runSession: (request) => Promise.resolve(sessionReport(request, { outcome })),
      });

      expect(end).toMatchObject({ state: 'failed', reason: expect.stringMatching(/, 3 times$/) });
      expect(fleet.requests('runSession')).toHaveLength(3);
    },
    60_000,
  );

  it('end over budget when the session says that its budget is used up', async () => {
    const { end } = await runToEnd({
      runSession: (request) => Promise.resolve(sessionReport(request, { outcome: { kind: 'budget-exhausted' } })),
    });

    expect(end).toMatchObject({ state: 'over-budget' });
  }, 60_000);

  it('try once an hour later when a limit names no time', async () => {
    let calls = 0;
    const outcome: SessionOutcome = { kind: 'wait-until', at: null, window: 'five_hour' };
    const { end, fleet } = await runToEnd({
      runSession: (request) => Promise.resolve(sessionReport(request, calls++ === 0 ? { outcome } : {})),
    });

    expect(end).toMatchObject({ state: 'completed' });
    expect(fleet.requests('runSession')).toHaveLength(3);
  }, 60_000);

  it('deliver a branch without pull request where there is no forge', async () => {
    const { end, fleet } = await runToEnd({
      intake: { frame: frameOf('task:local/shop/1', { kind: 'git', issue: null }) },
    });

    expect(end).toMatchObject({ state: 'completed', pullRequest: null, delivery: 'claude/issue-12-20261121142000' });
    expect(fleet.names()).not.toContain('openPullRequest');
  }, 60_000);

  it('keep the files of a prompt without repository, and its answer', async () => {
    const { end, fleet } = await runToEnd({
      stages: [CODE_ALONE],
      intake: { frame: frameOf('task:scratch/1', { kind: 'scratch', repo: null, issue: null }) },
      publishChange: () => Promise.resolve({ kind: 'patch', headSha: 'f'.repeat(40), location: 'artifact:1' }),
    });

    expect(end).toMatchObject({ state: 'completed', delivery: 'artifact:1', answer: 'Fixed the total.' });
    expect(fleet.requests('publishChange')).toHaveLength(1);
  }, 60_000);

  it('answer without files where none were made', async () => {
    const { end, fleet } = await runToEnd({
      stages: [CODE_ALONE],
      captureChange: () => Promise.resolve(changeOf({ files: 0, bundle: null })),
    });

    expect(end).toMatchObject({ state: 'completed', reason: 'answered', delivery: null });
    expect(fleet.names()).not.toContain('publishChange');
  }, 60_000);

  it('fail the workflow itself when there is nothing to work on', async () => {
    const fleet = fakeFleet({
      takeIn: () => Promise.reject(ApplicationFailure.nonRetryable('issue 12 is closed', 'IssueClosed')),
    });
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const attempt = result(await start({ repo: 'acme/shop', issue: 12, id }, id));

      await expect(attempt).rejects.toMatchObject({ cause: { cause: { type: 'IssueClosed' } } });
    });
    expect(fleet.names()).toEqual(['takeIn']);
  }, 60_000);

  it('end well although the issue could not be told, and say so', async () => {
    const { end, status } = await runToEnd({
      tellIssue: () => Promise.reject(ApplicationFailure.nonRetryable('comments are off', 'ForgeFailed')),
    });

    expect(end).toMatchObject({ state: 'completed' });
    expect(status?.notes.at(-1)?.message).toBe('left undone: comments are off');
  }, 60_000);

  it('goes on as the task itself when it was typed with the canonical id', async () => {
    const id = freshId();
    const fleet = fakeFleet({
      submitTask: () => Promise.resolve({ kind: 'self', input: { repo: 'github.com/acme/shop', issue: 12, id } }),
    });

    await withFleet(env, fleet, async ({ start, result }) => {
      expect(await result(await start({ repo: 'acme/shop', issue: 12 }, id))).toMatchObject({ state: 'completed' });
    });
    expect(fleet.requests('takeIn')).toEqual([{ input: expect.objectContaining({ id }) }]);
  }, 60_000);

  it('wait for a host with room, and say so, when the first one is too small', async () => {
    let asked = 0;
    const { end, fleet } = await runToEnd({
      openWorkspace: () => {
        asked += 1;
        return asked === 1
          ? Promise.reject(ApplicationFailure.create({ type: 'DiskFull', message: 'This host has 3 MB of free disk.' }))
          : Promise.resolve({ hostId: 'one', queue: '', setupMs: 0 });
      },
    });

    expect(end).toMatchObject({ state: 'completed' });
    expect(fleet.requests('openWorkspace')).toHaveLength(2);
  }, 60_000);

  it('take a stage that outlasts its timeout for stalled', async () => {
    const { end } = await runToEnd({
      stages: [{ ...CODE_ALONE, timeout: '2s', retry: { maximumAttempts: 1 } }],
      runSession: untilCancelled,
    });

    expect(end).toMatchObject({
      state: 'failed',
      reason: 'code: Stalled: the step took longer than its stage allows',
    });
  }, 60_000);

  it('end although a workspace could not be tidied up', async () => {
    const { end, fleet } = await runToEnd({
      closeWorkspace: () => Promise.reject(ApplicationFailure.nonRetryable('the folder is busy', 'Unexpected')),
    });

    expect(end).toMatchObject({ state: 'completed' });
    expect(fleet.requests('closeTask')).toHaveLength(1);
  }, 60_000);

  it('go on without an optional analysis that came to nothing', async () => {
    const { end, fleet } = await runToEnd({
      stages: [{ ...ANALYSIS, required: false }, CODE_ALONE, { ...PULL_REQUEST, dependsOn: ['code'] }],
      runSession: (request) =>
        Promise.resolve(sessionReport(request, request.kind === 'analysis' ? { outcome: { kind: 'bad-output' } } : {})),
    });

    expect(end).toMatchObject({ state: 'completed' });
    expect(fleet.requests<SessionRequest>('runSession').map(({ kind }) => kind)).toEqual([
      ...['analysis', 'analysis', 'analysis'],
      'code',
    ]);
  }, 60_000);

  it('give every step at most 8 KB to carry', async () => {
    const { fleet } = await runToEnd({});

    for (const { name, request } of fleet.calls) {
      expect([name, JSON.stringify(request).length < 8192]).toEqual([name, true]);
    }
  }, 60_000);
});

const CODE_ALONE = { ...CODE, dependsOn: [] };
const GREEN = [{ figure: 'exitCode', is: 'equal', value: 0 }];
