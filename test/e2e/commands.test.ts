import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startFleetRig, until, type FleetRig } from '../support/fleet-rig.ts';
import { QUICK, QUICKLY } from '../support/rig-definitions.ts';
import { ADD_DOUBLE, slowStep } from '../support/rig-scripts.ts';
import { promptly } from '../support/promptly.ts';

// a whole fleet on a machine that may be busy
jest.setTimeout(240_000);

const REPO = 'acme/tiny';
const ASKED = {
  name: 'asked',
  stages: [
    { id: 'may-i', type: 'approval' },
    { id: 'work', type: 'code', dependsOn: ['may-i'] },
  ],
};

describe('taskfleet with a fleet at work', () => {
  let rig: FleetRig;

  beforeAll(async () => {
    rig = await startFleetRig({ repos: { [REPO]: undefined }, config: { ...QUICKLY, definitions: [QUICK, ASKED] } });
    rig.behave(
      { tag: 'add-double', actions: ADD_DOUBLE },
      { tag: 'take-time', actions: [slowStep(12), ...ADD_DOUBLE] },
      { tag: 'take-some-time', actions: [slowStep(4), ...ADD_DOUBLE] },
    );
  });

  afterAll(() => rig.close());

  const refOf = (issue: number): string => `${REPO}#${issue}`;
  const workspaces = (): string[] => readdirSync(join(rig.dataDir, 'hosts', 'first', 'workspaces'));
  const isInSession = (issue: number) => () => rig.sessionProcesses(rig.idOf(REPO, issue)).length > 0;
  const hasAsked = (tag: string) => () => rig.model.requests.some(({ script }) => script === tag);

  it('runs an issue to its end with --watch, in plain lines for a pipe and one JSON object per line with --json', async () => {
    const issue = await rig.forge.issue(REPO, 'add-double');
    const run = ['run', '--repo', REPO, '--issue', String(issue), '--watch'];

    const plain = await rig.taskfleet(run, { env: { FORCE_COLOR: '1' } });
    const again = await rig.taskfleet([...run, '--json']);

    const [pull] = await rig.forge.pullsOf(REPO, issue);
    expect({ code: plain.code, stderr: plain.stderr }).toEqual({ code: 0, stderr: '' });
    expect(plain.stdout).toContain(pull?.html_url);
    expect(plain.stdout).not.toContain('\u001b');
    const events = again.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; status?: object });
    expect(again.code).toBe(0);
    expect(events[0]).toMatchObject({ type: 'ended', id: rig.idOf(REPO, issue) });
    expect(events.at(-1)).toMatchObject({ type: 'status', status: { state: 'completed' } });
    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
  });

  it('shows the task and the fleet in every command, as JSON too', async () => {
    const issue = await rig.forge.issue(REPO, 'take-some-time');
    const [first, second] = await Promise.all(
      [1, 2].map(() => rig.json<{ outcome: string }>(['run', '--repo', REPO, '--issue', String(issue)])),
    );
    await until(isInSession(issue));
    const follow = rig.taskfleet(['logs', '-f', refOf(issue), '--json']);
    const [tasks, fleet, agents, hosts, doctor] = await Promise.all([
      rig.json<{ id: string; state: string }[]>(['list', '--repo', REPO]),
      rig.json<{ hosts: object }>(['status']),
      rig.json<{ name: string; hosts: string[] }[]>(['agents']),
      rig.json<{ hostId: string; slots: number; tasks: string[] }[]>(['worker', 'list']),
      rig.json<{ ok: boolean; checks: { name: string; verdict: string }[] }>(['doctor']),
    ]);

    expect([first?.outcome, second?.outcome].sort()).toEqual(['running', 'started']);
    // the session goes on meanwhile, and on a slow machine to its end
    const atWork = /^(in-progress|testing)$/;
    expect(tasks[0]).toMatchObject({ id: rig.idOf(REPO, issue), state: expect.stringMatching(atWork) });
    expect(JSON.stringify(fleet)).toMatch(/in-progress|testing/);
    expect(agents.find(({ name }) => name === 'backend')?.hosts).toEqual(['first']);
    expect(hosts).toMatchObject([{ hostId: 'first', slots: 4 }]);
    expect(doctor.checks.filter(({ verdict }) => verdict === 'missing')).toEqual([]);
    expect(doctor.ok).toBe(true);
    const log = await follow;
    expect(log.code).toBe(0);
    const entries = log.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { source: string; text: string });
    expect(entries.some(({ text }) => text.includes('sleep 4'))).toBe(true);
    expect(entries.some(({ source }) => source === 'gate')).toBe(true);
    const shown = await rig.json<object>(['show', refOf(issue)]);
    expect(shown).toMatchObject({ state: 'completed', gates: [{ name: 'tests', verdict: 'green' }] });
    for (const args of [
      ['list'],
      ['show', refOf(issue)],
      ['logs', refOf(issue)],
      ['status'],
      ['agents'],
      ['worker', 'list'],
    ]) {
      const { code, stdout } = await rig.taskfleet(args);
      expect({ args, code, isEmpty: stdout.trim() === '' }).toEqual({ args, code: 0, isEmpty: false });
    }
  });

  it('cancels a session within seconds and leaves nothing behind; a retry takes the same branch, later the same pull request', async () => {
    const issue = await rig.forge.issue(REPO, 'take-time');
    const id = rig.idOf(REPO, issue);
    await rig.taskfleet(['run', '--repo', REPO, '--issue', String(issue)]);
    await until(hasAsked('take-time'));
    const { branch } = await rig.status(id);
    const begun = performance.now();

    const answer = await rig.json<{ message: string }>(['cancel', refOf(issue), '--reason', 'changed my mind']);
    await until(() => rig.sessionProcesses(id).length === 0);

    expect(performance.now() - begun).toBeLessThan(promptly(10_000));
    expect(answer.message).toContain('tidies up');
    const { reason } = await rig.reaches(id, 'cancelled');
    expect(reason).toContain('changed my mind');
    await until(
      async () =>
        (await rig.json<{ execution: string; id: string }[]>(['list'])).find((one) => one.id === id)?.execution !==
        'RUNNING',
    );
    expect(workspaces().filter((name) => name.includes(`tiny-${issue}-`))).toEqual([]);
    expect((await rig.forge.branches(REPO)).filter((name) => name.includes(`issue-${issue}-`))).toEqual([]);
    expect((await rig.forge.comments(REPO, issue)).join('\n')).toContain('Cancelled');
    expect((await rig.forge.labels(REPO, issue)).join()).not.toContain('in-progress');
    const refused = await rig.taskfleet(['cancel', refOf(issue)]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('has ended');

    const retried = await rig.json<{ generation: number }>(['retry', refOf(issue)]);
    const second = await rig.reaches(id, 'completed');
    const third = await rig.taskfleet(['retry', refOf(issue), '--watch']);

    expect(retried.generation).toBe(2);
    expect(second).toMatchObject({ generation: 2, branch });
    expect(third.code).toBe(0);
    expect(await rig.status(id)).toMatchObject({
      generation: 3,
      branch,
      pullRequest: { url: second.pullRequest?.url },
    });
    expect((await rig.forge.pullsOf(REPO, issue)).map(({ html_url }) => html_url)).toEqual([second.pullRequest?.url]);
  });

  it('waits for an approval without a process, refuses one of another stage, and goes on with the right one', async () => {
    const issue = await rig.forge.issue(REPO, 'add-double');
    const id = rig.idOf(REPO, issue);
    await rig.taskfleet(['run', '--repo', REPO, '--issue', String(issue), '--definition', 'approved']);
    await rig.reaches(id, 'awaiting-approval');

    const wrong = await rig.taskfleet(['approve', refOf(issue), '--stage', 'code']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("'approval' does");
    expect(rig.sessionProcesses(id)).toEqual([]);
    const right = await rig.taskfleet(['approve', refOf(issue), '--stage', 'approval']);

    expect(right).toMatchObject({ code: 0, stdout: expect.stringContaining('approval approved') });
    await rig.reaches(id, 'completed');
    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
  });

  it('makes another plan when the first is rejected, with the reason at hand', async () => {
    const issue = await rig.forge.issue(REPO, 'add-double');
    const id = rig.idOf(REPO, issue);
    await rig.taskfleet(['run', '--repo', REPO, '--issue', String(issue), '--definition', 'approved']);
    await rig.reaches(id, 'awaiting-approval');

    await rig.taskfleet(['reject', refOf(issue), '--stage', 'approval', '--reason', 'mind the overflow']);

    await until(async () => (await rig.status(id)).stages.find((stage) => stage.id === 'approval')?.rounds === 2);
    expect(await rig.forge.pullsOf(REPO, issue)).toEqual([]);
    const said = rig.model.requests.flatMap(({ conversation }) => conversation?.userTexts ?? []);
    expect(said.some((text) => text.includes('mind the overflow'))).toBe(true);
    await rig.reaches(id, 'awaiting-approval');
    await rig.taskfleet(['cancel', refOf(issue)]);
    await rig.reaches(id, 'cancelled');
    // the folder had been left for later when the task began to wait
    await until(() => !workspaces().some((name) => name.includes(`tiny-${issue}-`)));
  });

  it('ends a task that is rejected where there is nothing to go back to, whatever its definition says', async () => {
    const issue = await rig.forge.issue(REPO, 'add-double');
    const id = rig.idOf(REPO, issue);
    await rig.taskfleet(['run', '--repo', REPO, '--issue', String(issue), '--definition', 'asked']);
    await rig.reaches(id, 'awaiting-approval');

    await rig.taskfleet(['reject', refOf(issue), '--stage', 'may-i', '--reason', 'not now']);

    const { reason } = await rig.reaches(id, 'failed');
    expect(reason).toContain('not now');
    expect(rig.sessionProcesses(id)).toEqual([]);
    await until(async () => (await rig.forge.comments(REPO, issue)).join('\n').includes('not now'));
  });

  it('stands still after the step at work when paused, without a slot, and goes on when told', async () => {
    const issue = await rig.forge.issue(REPO, 'take-some-time');
    const id = rig.idOf(REPO, issue);
    await rig.taskfleet(['run', '--repo', REPO, '--issue', String(issue)]);
    await until(isInSession(issue));

    await rig.taskfleet(['pause', refOf(issue)]);
    const paused = await rig.reaches(id, 'paused');

    expect(paused.actions).toContain('resume');
    await until(
      async () => (await rig.json<{ tasks: string[] }[]>(['worker', 'list']))[0]?.tasks.includes(id) === false,
    );
    expect(rig.sessionProcesses(id)).toEqual([]);
    const resumed = await rig.taskfleet(['resume', refOf(issue)]);
    expect(resumed.code).toBe(0);
    await rig.reaches(id, 'completed');
    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
  });
});
