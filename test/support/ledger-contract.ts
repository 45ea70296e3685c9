import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HostReport } from '../../src/contract/host-report.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';

/** How a kind of ledger is made for a test, and how a second process would open the same one. */
export interface LedgerFixture {
  open(): Promise<Ledger>;
  remove(): Promise<void>;
}

const ID = 'task:github.com/owner/repo#12';
const RUN = { id: ID, runId: 'run-1', generation: 1, repo: 'github.com/owner/repo', issue: 12, source: 'cli' } as const;
const FIXED = { branch: 'claude/issue-12-1', base: 'main', title: 'Fix it', specialty: 'backend' };
const END = { state: 'completed', reason: 'done', costUsd: 0.5, turns: 7 } as const;
const REPORT: HostReport = {
  hostId: 'host-1',
  hostname: 'one.example',
  pid: 42,
  version: '0.1.0',
  specialties: ['backend'],
  slots: 2,
  used: 1,
  tasks: [ID],
  freeDiskMb: 1000,
  freeMemoryMb: 500,
};

/** What every ledger promises, whatever database it keeps its rows in. */
export function describeLedger(name: string, prepare: () => Promise<LedgerFixture>): void {
  describe(`the ledger in ${name}`, () => {
    let fixture: LedgerFixture;
    let ledger: Ledger;

    beforeEach(async () => {
      fixture = await prepare();
      ledger = await fixture.open();
    });
    afterEach(async () => {
      ledger.close();
      await fixture.remove();
    });

    it('registers a task with all that is known of it', async () => {
      const task = await ledger.beginRun(RUN);

      expect(task).toEqual({
        id: ID,
        generation: 1,
        epoch: 1,
        repo: 'github.com/owner/repo',
        issue: 12,
        title: '',
        specialty: null,
        source: 'cli',
        branch: null,
        base: null,
        pushedSha: null,
        pullRequest: null,
        state: 'running',
        reason: null,
        costUsd: 0,
        turns: 0,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        endedAt: null,
      });
      expect(await ledger.find(ID)).toEqual(task);
    });

    it('gives the same run the same epoch again, and each new run a higher one', async () => {
      const epochs: number[] = [];
      for (const runId of ['a', 'a', 'b', 'c', 'b', 'd']) {
        epochs.push((await ledger.beginRun({ ...RUN, runId })).epoch);
      }

      const [a, again, b, c, lateB, d] = epochs as [number, number, number, number, number, number];
      expect(again).toBe(a);
      expect(lateB).toBe(b);
      expect(a < b && b < c && c < d).toBe(true);
      expect((await ledger.find(ID))?.epoch).toBe(d);
    });

    it('gives each of many runs that begin at once an epoch of its own', async () => {
      const other = await fixture.open();

      const tasks = await Promise.all(
        Array.from({ length: 40 }, (_, n) => (n % 2 ? ledger : other).beginRun({ ...RUN, runId: `run-${n}` })),
      );
      other.close();

      expect(new Set(tasks.map((task) => task.epoch)).size).toBe(40);
    });

    it('keeps the branch, the base and the pull request of an earlier generation', async () => {
      const first = await ledger.beginRun(RUN);
      await ledger.fixBranch(ID, first.epoch, FIXED);
      await ledger.recordPush(ID, first.epoch, 'abc');
      await ledger.recordPullRequest(ID, first.epoch, { number: 3, url: 'https://github.com/owner/repo/pull/3' });
      await ledger.end(ID, first.epoch, { ...END, state: 'failed' });

      const second = await ledger.beginRun({ ...RUN, runId: 'run-2', generation: 2 });
      const fixed = await ledger.fixBranch(ID, second.epoch, {
        branch: 'claude/issue-12-2',
        base: 'develop',
        title: 'Fix it well',
        specialty: 'testing',
      });

      expect(second).toMatchObject({ generation: 2, state: 'running', endedAt: null, pullRequest: { number: 3 } });
      expect(fixed).toMatchObject({ branch: FIXED.branch, base: 'main', pushedSha: 'abc' });
      expect(fixed).toMatchObject({ title: 'Fix it well', specialty: 'testing' });
    });

    it('fixes one branch when two attempts of the same run ask at once', async () => {
      const { epoch } = await ledger.beginRun(RUN);
      const other = await fixture.open();

      const [one, two] = await Promise.all([
        ledger.fixBranch(ID, epoch, { ...FIXED, branch: 'claude/one' }),
        other.fixBranch(ID, epoch, { ...FIXED, branch: 'claude/two', base: 'next' }),
      ]);
      other.close();

      expect(one.branch).toBe(two.branch);
      expect(one.base).toBe(two.base);
      expect([one.branch, one.base]).toEqual(
        one.branch === 'claude/one' ? ['claude/one', 'main'] : ['claude/two', 'next'],
      );
    });

    const fenced: Record<string, (epoch: number) => Promise<unknown>> = {
      fixBranch: (epoch) => ledger.fixBranch(ID, epoch, { ...FIXED, branch: 'claude/late' }),
      recordPush: (epoch) => ledger.recordPush(ID, epoch, 'late'),
      recordPullRequest: (epoch) => ledger.recordPullRequest(ID, epoch, { number: 99, url: 'https://late' }),
      checkEpoch: (epoch) => ledger.checkEpoch(ID, epoch),
      end: (epoch) => ledger.end(ID, epoch, { ...END, reason: 'late' }),
    };
    for (const [method, call] of Object.entries(fenced)) {
      it(`refuses ${method} of a run that was superseded, changes nothing, and takes it from the newest`, async () => {
        const old = await ledger.beginRun(RUN);
        const newest = await ledger.beginRun({ ...RUN, runId: 'run-2' });

        const late = call(old.epoch);

        await expect(late).rejects.toMatchObject({ name: 'TypedError', type: 'WorkspaceLost' });
        await expect(call(newest.epoch + 1)).rejects.toMatchObject({ type: 'WorkspaceLost' });
        expect(await ledger.find(ID)).toEqual(newest);
        await expect(call(newest.epoch)).resolves.not.toThrow();
      });

      it(`refuses ${method} of a task that it does not know`, async () => {
        const attempt = call(1);

        await expect(attempt).rejects.toMatchObject({ type: 'WorkspaceLost' });
      });
    }

    it('remembers the end, and the same end told twice counts once', async () => {
      const { epoch } = await ledger.beginRun(RUN);

      await ledger.end(ID, epoch, END);
      const first = await ledger.find(ID);
      await ledger.end(ID, epoch, END);

      expect(first).toMatchObject({ state: 'completed', reason: 'done', costUsd: 0.5, turns: 7 });
      expect(first?.endedAt).not.toBeNull();
      expect(await ledger.find(ID)).toEqual(first);
    });

    it('leaves a task ended when the run that ended it asks for its epoch again', async () => {
      const { epoch } = await ledger.beginRun(RUN);
      await ledger.end(ID, epoch, END);

      const again = await ledger.beginRun(RUN);

      expect(again).toMatchObject({ epoch, state: 'completed' });
    });

    it('adds up what all generations of a task cost', async () => {
      for (const generation of [1, 2]) {
        const { epoch } = await ledger.beginRun({ ...RUN, runId: `run-${generation}`, generation });
        await ledger.end(ID, epoch, END);
      }

      expect(await ledger.find(ID)).toMatchObject({ costUsd: 1, turns: 14 });
    });

    it('lists newest first, by state and by repository, no more than asked for', async () => {
      for (const n of [1, 2, 3, 4]) {
        const repo = n === 2 ? 'github.com/other/repo' : RUN.repo;
        const { epoch } = await ledger.beginRun({ ...RUN, id: `task:${n}`, runId: `run-${n}`, repo });
        if (n === 3) await ledger.end(`task:${n}`, epoch, END);
      }
      const ids = async (filter: Parameters<Ledger['list']>[0]) => (await ledger.list(filter)).map((task) => task.id);

      expect(await ids({ limit: 10 })).toEqual(['task:4', 'task:3', 'task:2', 'task:1']);
      expect(await ids({ limit: 2 })).toEqual(['task:4', 'task:3']);
      expect(await ids({ limit: 10, repo: RUN.repo })).toEqual(['task:4', 'task:3', 'task:1']);
      expect(await ids({ limit: 10, state: 'running', repo: RUN.repo })).toEqual(['task:4', 'task:1']);
      expect(await ids({ limit: 10, state: 'completed' })).toEqual(['task:3']);
    });

    it('gives the costs of the latest 50 completed tasks of a repository, newest first', async () => {
      for (let n = 0; n < 53; n += 1) {
        const { epoch } = await ledger.beginRun({ ...RUN, id: `task:${n}`, runId: 'r' });
        await ledger.end(`task:${n}`, epoch, { ...END, costUsd: n, state: n === 52 ? 'failed' : 'completed' });
      }
      const scratch = await ledger.beginRun({ ...RUN, id: 'task:scratch', repo: null, issue: null });
      await ledger.end('task:scratch', scratch.epoch, { ...END, costUsd: 0.01 });

      const costs = await ledger.recentCosts({ repo: RUN.repo });

      expect(costs).toEqual(Array.from({ length: 50 }, (_, index) => 51 - index));
      expect(await ledger.recentCosts({ repo: null })).toEqual([0.01]);
      expect(await ledger.recentCosts({ repo: 'github.com/nobody/nothing' })).toEqual([]);
    });

    it('keeps the last report of each host', async () => {
      await ledger.recordHost(REPORT);
      await ledger.recordHost({ ...REPORT, hostId: 'host-2' });
      await ledger.recordHost({ ...REPORT, used: 2 });

      const hosts = await ledger.listHosts();

      expect(hosts.map((host) => [host.hostId, host.used]).sort()).toEqual([
        ['host-1', 2],
        ['host-2', 1],
      ]);
      expect(hosts[0]?.seenAt).toMatch(/Z$/);
    });

    it('has everything again after it was closed and opened', async () => {
      const { epoch } = await ledger.beginRun(RUN);
      const before = await ledger.fixBranch(ID, epoch, FIXED);
      ledger.close();

      ledger = await fixture.open();

      expect(await ledger.find(ID)).toEqual(before);
      expect((await ledger.beginRun({ ...RUN, runId: 'run-2' })).epoch).toBeGreaterThan(epoch);
    });

    it('takes hostile text as text', async () => {
      const title = `'); DROP TABLE tasks; -- \u0000\u{1F600}`.replace('\u0000', '');
      const { epoch } = await ledger.beginRun(RUN);

      await ledger.fixBranch(ID, epoch, { ...FIXED, title });

      expect((await ledger.find(ID))?.title).toBe(title);
    });
  });
}
