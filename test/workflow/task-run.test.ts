import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { SessionRequest } from '../../src/contract/activities.ts';
import { changeOf, fakeFleet, gate, sessionReport } from '../support/fake-fleet.ts';
import { createTimeSkippingEnvironment } from '../support/time-skipping-server.ts';
import { freshId, withFleet } from '../support/workflow-fleet.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await createTimeSkippingEnvironment();
}, 60_000);
afterAll(() => env.teardown());

function issue(id: string) {
  return { repo: 'acme/shop', issue: 12, id };
}

describe('a task', () => {
  it('goes from the issue to a pull request and tidies up', async () => {
    const fleet = fakeFleet();
    const id = freshId();

    await withFleet(
      env,
      fleet,
      async ({ start, status, result }) => {
        const handle = await start(issue(id), id);
        const end = await result(handle);
        const view = await status(handle);

        expect(end).toMatchObject({ kind: 'ended', state: 'completed', pullRequest: { number: 7 } });
        expect(view).toMatchObject({ state: 'completed', actions: ['retry'], spend: { sessions: 2, turns: 6 } });
        expect(view.stages.map((stage) => [stage.id, stage.state, stage.rounds])).toEqual([
          ['analysis', 'done', 1],
          ['code', 'done', 1],
          ['gates', 'done', 1],
          ['pull-request', 'done', 1],
        ]);
      },
      { record: 'default' },
    );
    expect(fleet.requests<{ keep: boolean }>('closeWorkspace').map(({ keep }) => keep)).toEqual([false]);
    expect(fleet.requests('closeTask')).toEqual([expect.objectContaining({ state: 'completed', turns: 6 })]);
  }, 60_000);

  it('sends the findings of red gates back into the same conversation', async () => {
    let runs = 0;
    const fleet = fakeFleet({
      runGates: () => {
        runs += 1;
        const green = runs > 1;
        return Promise.resolve({
          gates: [gate('tests', green ? 'green' : 'red')],
          feedback: green ? '' : 'tests: expected 3 to be 4',
          durationMs: 5,
        });
      },
    });
    const id = freshId();

    await withFleet(
      env,
      fleet,
      async ({ start, result, status }) => {
        const handle = await start(issue(id), id);

        expect(await result(handle)).toMatchObject({ state: 'completed' });
        expect((await status(handle)).stages.find((stage) => stage.id === 'code')?.rounds).toBe(2);
      },
      { record: 'red-round' },
    );
    const code = fleet.requests<SessionRequest>('runSession').filter(({ kind }) => kind === 'code');
    expect(code.map(({ feedback, round }) => [round, feedback])).toEqual([
      [1, ''],
      [2, 'tests: expected 3 to be 4'],
    ]);
    expect(new Set(code.map(({ sessionId }) => sessionId)).size).toBe(1);
  }, 60_000);

  it('fails with the gates named when they stay red, and opens no pull request', async () => {
    const fleet = fakeFleet({
      runGates: () => Promise.resolve({ gates: [gate('tests', 'red')], feedback: 'still red', durationMs: 5 }),
    });
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const end = await result(await start(issue(id), id));

      expect(end).toMatchObject({ state: 'failed', pullRequest: null });
      expect(end.kind === 'ended' && end.reason).toMatch(/^gates: tests red .*blockingGates equal 0 \(is 1\)/);
    });
    expect(fleet.names()).not.toContain('publishChange');
    expect(fleet.requests('runGates')).toHaveLength(3);
  }, 60_000);

  it('ends as no-change when the session changed nothing', async () => {
    const fleet = fakeFleet({
      captureChange: () => Promise.resolve(changeOf({ files: 0, bundle: null })),
    });
    const id = freshId();

    await withFleet(
      env,
      fleet,
      async ({ start, result }) => {
        const end = await result(await start(issue(id), id));

        expect(end).toMatchObject({ state: 'no-change', pullRequest: null });
      },
      { record: 'no-change' },
    );
    expect(fleet.names()).not.toContain('openPullRequest');
    expect(fleet.requests<{ notice: { state: string } }>('tellIssue').at(-1)?.notice.state).toBe('no-change');
  }, 60_000);

  it('waits through a five-hour limit on a durable timer, without its slot, and goes on', async () => {
    let limited = false;
    const fleet = fakeFleet({
      runSession: async (request) => {
        if (request.kind !== 'code' || limited) return sessionReport(request);
        limited = true;
        const at = new Date((await env.currentTimeMs()) + 5 * 3_600_000).toISOString();
        return sessionReport(request, { outcome: { kind: 'wait-until', at, window: 'five_hour' } });
      },
    });
    const id = freshId();

    await withFleet(
      env,
      fleet,
      async ({ start, result }) => {
        const handle = await start(issue(id), id);

        expect(await result(handle)).toMatchObject({ state: 'completed' });
        const { events } = await handle.fetchHistory();
        const timers = events?.flatMap((event) => event.timerStartedEventAttributes?.startToFireTimeout?.seconds ?? []);
        expect(timers).toHaveLength(1);
        expect(Number(timers?.[0])).toBeGreaterThan(4.9 * 3600);
      },
      { record: 'five-hour-limit' },
    );
    expect(fleet.requests<{ keep: boolean }>('closeWorkspace').map(({ keep }) => keep)).toEqual([true, false]);
    expect(fleet.requests('openWorkspace')).toHaveLength(2);
  }, 60_000);

  it('moves to another host from the last captured change when its host is gone', async () => {
    let asked = 0;
    const fleet = fakeFleet({
      openWorkspace: () => {
        asked += 1;
        const hostId = asked === 1 ? 'dead' : 'one';
        return Promise.resolve({ hostId, queue: '', setupMs: 0 });
      },
    });
    const id = freshId();

    await withFleet(
      env,
      fleet,
      async ({ start, result }) => {
        expect(await result(await start(issue(id), id))).toMatchObject({ state: 'completed' });
      },
      { record: 'host-lost' },
    );
    expect(asked).toBe(2);
  }, 120_000);

  it('stops before spending more than its budget', async () => {
    const fleet = fakeFleet({
      intake: { budgetUsd: 0.15 },
      runSession: (request) => Promise.resolve(sessionReport(request, { costUsd: 0.2 })),
    });
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const end = await result(await start(issue(id), id));

      expect(end).toMatchObject({ state: 'over-budget', costUsd: 0.2 });
    });
    expect(fleet.requests('runSession')).toHaveLength(1);
  }, 60_000);

  it('waits for a person when only an operator can mend it, and goes on after resume', async () => {
    let mended = false;
    const fleet = fakeFleet({
      runSession: (request) =>
        mended
          ? Promise.resolve(sessionReport(request))
          : Promise.reject(ApplicationFailure.nonRetryable('the API key is not valid', 'AuthRequired')),
    });
    const id = freshId();

    await withFleet(
      env,
      fleet,
      async ({ start, status, result }) => {
        const handle = await start(issue(id), id);
        while ((await status(handle)).state !== 'needs-human') await new Promise((wake) => setTimeout(wake, 50));
        expect((await status(handle)).waitingFor?.what).toContain('the API key is not valid');
        mended = true;
        await handle.executeUpdate('resume', { args: [{ actor: 'ada' }] });

        expect(await result(handle)).toMatchObject({ state: 'completed' });
      },
      { record: 'needs-human' },
    );
  }, 60_000);

  it('fails as BadInput with all problems named', async () => {
    const fleet = fakeFleet();
    const id = freshId();

    await withFleet(env, fleet, async ({ start, result }) => {
      const attempt = result(await start({ isue: 12, budgetUsd: -1 }, id));

      await expect(attempt).rejects.toMatchObject({
        cause: { type: 'BadInput', message: expect.stringMatching(/budgetUsd.*isue|isue.*budgetUsd/s) },
      });
    });
    expect(fleet.calls).toEqual([]);
  }, 60_000);

  it('only leads to the canonical task when it was started under another id', async () => {
    const fleet = fakeFleet();
    const id = freshId();

    await withFleet(
      env,
      fleet,
      async ({ start, result }) => {
        const end = await result(await start({ repo: 'acme/shop', issue: 12 }, id));

        expect(end).toEqual({ kind: 'attached', id: 'task:github.com/acme/shop#12' });
      },
      { record: 'door' },
    );
    expect(fleet.names()).toEqual(['submitTask']);
  }, 60_000);
});
