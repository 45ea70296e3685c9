import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runGit } from '../../demo/emulator/run-git.ts';
import { startFleetRig, until, type FleetRig } from '../support/fleet-rig.ts';
import { QUICKLY } from '../support/rig-definitions.ts';
import { ADD_DOUBLE, slowStep } from '../support/rig-scripts.ts';

// a whole fleet on a machine that may be busy
jest.setTimeout(240_000);

const REPO = 'acme/tiny';

/** What people do to a task beside taskfleet's own commands. */
describe('people who reach into a task', () => {
  let rig: FleetRig;

  beforeAll(async () => {
    rig = await startFleetRig({ repos: { [REPO]: undefined }, config: QUICKLY });
    rig.behave({ tag: 'add-double', actions: ADD_DOUBLE }, { tag: 'take-time', actions: [slowStep(8), ...ADD_DOUBLE] });
  });

  afterAll(() => rig.close());

  async function begin(tag: string): Promise<{ issue: number; id: string }> {
    const issue = await rig.forge.issue(REPO, tag);
    await rig.startByHand({ repo: REPO, issue });
    const id = rig.idOf(REPO, issue);
    await until(() => rig.sessionProcesses(id).length > 0);
    return { issue, id };
  }

  const tell = (id: string, name: string, input: object) =>
    rig.temporal(['workflow', 'signal', '--workflow-id', id, '--name', name, '--input', JSON.stringify(input)]);

  it("pause, resume and cancel it with Temporal's own tool, and see there what was refused", async () => {
    const { id } = await begin('take-time');

    await tell(id, 'approve', {});
    await tell(id, 'pause', {});
    const paused = await rig.reaches(id, 'paused');
    await tell(id, 'resume', { reason: 'go' });
    await until(async () => (await rig.status(id)).state !== 'paused');
    await tell(id, 'cancel', { actor: 'ada' });

    expect(paused.refusals).toMatchObject([{ message: expect.stringContaining('stage') }]);
    const { state } = await rig.reaches(id, 'cancelled', 'completed');
    expect((await rig.resultOf(id)).result).toMatchObject({ kind: 'ended', state });
  });

  it("cancel it with Temporal's own cancellation, which leaves nothing behind", async () => {
    const { issue, id } = await begin('take-time');

    await rig.temporal(['workflow', 'cancel', '--workflow-id', id]);

    await rig.reaches(id, 'cancelled');
    await until(() => rig.sessionProcesses(id).length === 0, 10_000);
    expect((await rig.forge.branches(REPO)).filter((name) => name.includes(`issue-${issue}-`))).toEqual([]);
  });

  it("end it over its head with Temporal's own tool, see it ended, and run it again by a retry", async () => {
    const { issue, id } = await begin('take-time');

    await rig.temporal(['workflow', 'terminate', '--workflow-id', id]);
    await until(() => rig.sessionProcesses(id).length === 0, 30_000);

    expect(await rig.json<object>(['show', id])).toMatchObject({
      state: 'failed',
      reason: 'terminated through Temporal',
    });
    expect((await rig.json<object[]>(['list'])).find((one) => 'id' in one && one.id === id)).toMatchObject({
      state: 'failed',
    });
    expect((await rig.taskfleet(['retry', id, '--watch'])).code).toBe(0);
    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
  });

  it('close its pull request, which a retry respects and says how to go on', async () => {
    const { issue, id } = await begin('add-double');
    const first = (await rig.reaches(id, 'completed')).pullRequest;
    await rig.forge.closePull(REPO, first?.number ?? 0);

    const { code } = await rig.taskfleet(['retry', id, '--watch']);

    expect(code).toBe(5);
    expect((await rig.status(id)).reason).toContain(`Reopen ${first?.url}`);
    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
  });

  it('push to its branch, which a retry leaves as it is and asks about', async () => {
    const { issue, id } = await begin('add-double');
    const { branch } = await rig.reaches(id, 'completed');
    const gitDir = join(rig.dir, 'forge', `${REPO}.git`);
    const ref = `refs/heads/${branch}`;
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
    const commit = await runGit(gitDir, [...who, 'commit-tree', '-p', ref, '-m', "Ada's own work", `${ref}^{tree}`]);
    await runGit(gitDir, ['update-ref', ref, commit.toString().trim()]);

    await rig.taskfleet(['retry', id]);
    const { waitingFor } = await rig.reaches(id, 'needs-human');
    expect((await rig.json<{ id: string }[]>(['list'])).filter((one) => one.id === id)).toHaveLength(1);
    await rig.taskfleet(['cancel', id]);
    await rig.reaches(id, 'cancelled');

    expect(waitingFor?.what).toContain(branch);
    expect((await runGit(gitDir, ['log', '--format=%s', ref])).toString()).toContain("Ada's own work");
    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
  });

  it('write the repository in another way, and mean the same task', async () => {
    const issue = await rig.forge.issue(REPO, 'add-double');
    const { webUrl } = rig.forge.github;
    const ways = [
      ['--repo', 'Acme/Tiny', '--issue', `#${issue}`],
      ['--issue', `${webUrl}/acme/tiny/issues/${issue}`],
      ['--repo', `${webUrl}/acme/tiny.git`, '--issue', String(issue)],
    ];

    const plans = await Promise.all(ways.map((way) => rig.json<{ id: string }>(['run', ...way, '--dry-run'])));

    expect(plans.map(({ id }) => id)).toEqual(ways.map(() => rig.idOf(REPO, issue)));
  });
});
