import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepWorkspaces, type SweepDeps } from '../../src/workspace/sweep-workspaces.ts';
import {
  BASE_FILES,
  makeFrame,
  makeHost,
  makeRemote,
  naiveGit,
  NEEDS,
  temporaryFolder,
} from '../support/git-fixture.ts';

jest.setTimeout(60_000);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

type Known = Awaited<ReturnType<SweepDeps['find']>>;

/** A host that worked on one task of the name, and the sweep of the process that comes after it. */
async function hostWith(...keys: string[]) {
  const remote = await makeRemote(folder.path, BASE_FILES);
  const root = join(folder.path, 'host');
  const host = makeHost({ root, url: remote.url, slots: keys.length });
  for (const key of keys) {
    const frame = makeFrame({ id: `task:${key}`, key, baseSha: remote.sha });
    await host.workspaces.open({ frame, needs: NEEDS, restore: null });
    host.workspaces.rest(frame);
  }
  const restarted = makeHost({ root, url: remote.url });
  const workspaces = join(root, 'workspaces');
  const errors: unknown[] = [];
  const sweep = async (known: Record<string, Known | Error>): Promise<readonly string[]> => {
    const swept = await sweepWorkspaces({
      ...restarted,
      root: workspaces,
      onError: (_, error) => errors.push(error),
      find: async (id) => {
        const found = known[id];
        if (found instanceof Error) throw found;
        return found;
      },
    });
    await swept.removed;
    return swept.keys;
  };
  const refs = (): string => naiveGit(restarted.mirrors.path('local/o/r'), 'for-each-ref', 'refs/taskfleet/');
  return { workspaces, sweep, refs, errors, remote, restarted };
}

describe('the sweep of a host that starts', () => {
  it('removes workspace and refs of a task that has ended, and leaves those that go on', async () => {
    const { refs, sweep, workspaces } = await hostWith('ended', 'runs');
    // what a build left read-only must not stay for that
    await chmod(join(workspaces, 'ended', 'work', 'src'), 0o500);

    const keys = await sweep({
      'task:ended': { state: 'completed', epoch: 1, repo: 'local/o/r' },
      'task:runs': { state: 'running', epoch: 1, repo: 'local/o/r' },
    });

    expect(keys).toEqual(['ended']);
    expect(await readdir(workspaces)).toEqual(['runs']);
    expect(refs()).toContain('t-runs/');
    expect(refs()).not.toContain('t-ended/');
  });

  it('lets the task that goes on find its work', async () => {
    const { remote, restarted, sweep, workspaces } = await hostWith('runs');
    await writeFile(join(workspaces, 'runs', 'work', 'new.txt'), 'kept\n');

    await sweep({ 'task:runs': { state: 'running', epoch: 1, repo: 'local/o/r' } });

    const frame = makeFrame({ id: 'task:runs', key: 'runs', baseSha: remote.sha });
    const change = await restarted.workspaces.capture(frame, 'fix');
    expect(change.paths).toEqual(['new.txt']);
  });

  it('removes what an earlier run left, and what was never laid to its end', async () => {
    const { sweep, workspaces } = await hostWith('older');
    await mkdir(join(workspaces, 'half', 'work'), { recursive: true });
    await mkdir(join(workspaces, '.removed-before'));

    const keys = await sweep({ 'task:older': { state: 'running', epoch: 2, repo: 'local/o/r' } });

    expect([...keys].sort()).toEqual(['half', 'older']);
    expect(await readdir(workspaces)).toEqual([]);
  });

  it('leaves what the ledger does not know, or cannot say', async () => {
    const { errors, sweep, workspaces } = await hostWith('unknown', 'unasked');

    const keys = await sweep({ 'task:unasked': new Error('no answer') });

    expect(keys).toEqual([]);
    expect(errors).toEqual([new Error('no answer')]);
    expect(existsSync(join(workspaces, 'unknown', 'work'))).toBe(true);
  });

  it('does nothing on a host that never had one', async () => {
    const { sweep } = await hostWith();

    expect(await sweep({})).toEqual([]);
  });
});
