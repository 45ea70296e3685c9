import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { SeenRequest } from '../../demo/scripted-model/server.ts';
import { commandOf, startFleetRig, until, type FleetRig } from '../support/fleet-rig.ts';
import { QUICKLY } from '../support/rig-definitions.ts';
import { ADD_DOUBLE, slowStep } from '../support/rig-scripts.ts';

// a whole fleet on a machine that may be busy
jest.setTimeout(240_000);

const REPO = 'acme/tiny';
const STEPS = [...ADD_DOUBLE.slice(0, 1), slowStep(5), ...ADD_DOUBLE.slice(1)];

/** Whatever is killed in the middle of a session, the task ends in one pull request, by one conversation, paid for once. */
describe('a task whose fleet is killed under it', () => {
  let rig: FleetRig;
  let undisturbedUsd: number;

  beforeAll(async () => {
    rig = await startFleetRig({ repos: { [REPO]: undefined }, config: QUICKLY });
    const tags = ['undisturbed', 'host-killed', 'session-killed', 'coordinator-killed', 'server-killed', 'all-killed'];
    rig.behave(...tags.map((tag) => ({ tag, actions: STEPS })));
    const { id } = await begin('undisturbed');
    undisturbedUsd = (await rig.reaches(id, 'completed')).spend.usd;
  });

  afterAll(() => rig.close());

  /** Starts a task and waits until its session is in the middle of its slow step. */
  async function begin(tag: string): Promise<{ issue: number; id: string }> {
    const issue = await rig.forge.issue(REPO, tag);
    await rig.startByHand({ repo: REPO, issue });
    const id = rig.idOf(REPO, issue);
    await until(() => rig.sessionProcesses(id).some(({ pid }) => commandOf(pid).join(' ').includes('sleep 5')));
    return { issue, id };
  }

  const requestsOf = (tag: string): SeenRequest[] => rig.model.requests.filter(({ script }) => script === tag);

  async function expectOneOfEach(tag: string, { issue, id }: { issue: number; id: string }): Promise<void> {
    const status = await rig.reaches(id, 'completed');
    const requests = requestsOf(tag);
    const beginnings = requests.filter(({ conversation }) => conversation?.calls.length === 0);

    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
    expect(new Set(requests.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(beginnings).toHaveLength(1);
    await until(() => rig.sessionProcesses(id).length === 0, 20_000);
    // each request once, whether its answer was lost or not: they are all about as long
    const perRequest = undisturbedUsd / requestsOf('undisturbed').length;
    expect(status.spend.usd / requests.length / perRequest).toBeGreaterThan(0.75);
    expect(status.spend.usd / requests.length / perRequest).toBeLessThan(1.25);
    // a turn that is taken up again repeats at most the call in flight
    expect(requests.length).toBeLessThan(requestsOf('undisturbed').length + 3);
    const [remembered] = await rig.json<{ id: string; costUsd: number }[]>(['list', '--limit', '1']);
    expect(remembered?.id).toBe(id);
  }

  function kill(pids: readonly number[]): void {
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  }

  it('goes on after a kill -9 of the host', async () => {
    const task = await begin('host-killed');

    kill(rig.pids('host'));

    await expectOneOfEach('host-killed', task);
  });

  it('goes on after a kill -9 of Claude Code', async () => {
    const task = await begin('session-killed');

    kill(
      rig
        .sessionProcesses(task.id)
        .filter(({ pid }) => commandOf(pid)[0]?.endsWith('claude'))
        .map(({ pid }) => pid),
    );

    await expectOneOfEach('session-killed', task);
  });

  it('goes on after a kill -9 of the coordinator', async () => {
    const task = await begin('coordinator-killed');

    kill(rig.pids('coordinator'));

    await expectOneOfEach('coordinator-killed', task);
  });

  it("goes on after a kill -9 of Temporal's server", async () => {
    const task = await begin('server-killed');

    kill([rig.serverPid()]);

    await expectOneOfEach('server-killed', task);
  });

  it('goes on after a kill -9 of all of them at once, when the fleet is started again', async () => {
    const task = await begin('all-killed');

    kill([rig.fleetPid(), ...rig.pids('host'), ...rig.pids('coordinator'), rig.serverPid()]);
    await rig.up();

    await expectOneOfEach('all-killed', task);
  });
});
