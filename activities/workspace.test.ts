import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Change } from '../src/contract/activities.ts';
import {
  BASE_FILES,
  makeFrame,
  makeHost,
  makeRemote,
  NEEDS,
  temporaryFolder,
  type HostOptions,
} from '../test/support/git-fixture.ts';
import { createWorkspaceActivities } from './workspace.ts';

jest.setTimeout(60_000);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** The activities of a host on real git; what is ended of processes is written down. */
async function hostActivities(options: Partial<HostOptions> = {}) {
  const remote = await makeRemote(folder.path, BASE_FILES);
  const host = makeHost({ root: join(folder.path, 'host'), url: remote.url, slots: 1, ...options });
  const ended: string[] = [];
  const activities = createWorkspaceActivities({
    hostId: 'host-1',
    workspaces: host.workspaces,
    trees: {
      async end(treeId) {
        // whoever ends processes must find the slot taken: another task may have its ports otherwise
        ended.push(`${treeId} with ${host.slots.used} slot`);
        return 0;
      },
    },
  });
  const frame = makeFrame({ baseSha: remote.sha });
  const root = join(folder.path, 'host', 'workspaces', frame.key);
  return { activities, ended, frame, host, root };
}

const request = (frame: ReturnType<typeof makeFrame>) => ({ frame, needs: NEEDS, restore: null });

describe('openWorkspace', () => {
  it('lays the workspace and says where the next steps must run', async () => {
    const { activities, frame, host, root } = await hostActivities();

    const opened = await new MockActivityEnvironment().run(activities.openWorkspace, request(frame));

    expect(opened).toMatchObject({ hostId: 'host-1', queue: 'taskfleet-host-host-1' });
    expect(existsSync(join(root, 'work', 'src'))).toBe(true);
    expect(host.slots.tasks).toEqual([frame.id]);
  });

  it('beats while set-up runs', async () => {
    const prepare = () => new Promise<void>((resolve) => setTimeout(resolve, 1_300));
    const { activities, frame } = await hostActivities({ prepare });
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 1_500 });
    let beats = 0;
    environment.on('heartbeat', () => (beats += 1));

    await environment.run(activities.openWorkspace, request(frame));

    // one at once, then one each half second
    expect(beats).toBeGreaterThanOrEqual(3);
  });

  it('ends within two seconds when it is cancelled, and frees the slot', async () => {
    const begun = Promise.withResolvers<void>();
    const prepare: HostOptions['prepare'] = ({ signal }) => {
      begun.resolve();
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    };
    const { activities, frame, host } = await hostActivities({ prepare });
    const environment = new MockActivityEnvironment();
    const running = environment.run(activities.openWorkspace, request(frame));
    await begun.promise;

    const cancelledAt = performance.now();
    environment.cancel('CANCELLED');

    await expect(running).rejects.toThrow('CANCELLED');
    expect(performance.now() - cancelledAt).toBeLessThan(2_000);
    expect(host.slots.used).toBe(0);
  });
});

describe('captureChange', () => {
  it('takes what was edited, and passes the type of the change on', async () => {
    const { activities, frame, host, root } = await hostActivities();
    await host.workspaces.open(request(frame));
    await writeFile(join(root, 'work', 'src', 'a.txt'), 'changed\n');
    const analysis = { changeType: 'feat' } as never;

    const capture = activities.captureChange;
    const change: Change = await new MockActivityEnvironment().run(capture, { frame, analysis });

    expect(change).toMatchObject({ files: 1, paths: ['src/a.txt'] });
    const commit = await host.git.run(['log', '-1', '--format=%s', change.headSha], {
      gitDir: host.mirrors.path(frame.repo),
    });
    expect(commit.toString()).toMatch(/^feat/);
  });
});

describe('closeWorkspace', () => {
  it('ends what runs there first, then removes the folder and frees the slot', async () => {
    const { activities, ended, frame, host, root } = await hostActivities();
    await host.workspaces.open(request(frame));

    await new MockActivityEnvironment().run(activities.closeWorkspace, { frame, keep: false });

    expect(ended).toEqual([`${frame.key} with 1 slot`]);
    expect(existsSync(root)).toBe(false);
    expect(host.slots.used).toBe(0);
  });

  it('keeps the folder as it stands for a task that waits, and frees the slot', async () => {
    const { activities, ended, frame, host, root } = await hostActivities();
    await host.workspaces.open(request(frame));
    await writeFile(join(root, 'work', 'new.txt'), 'kept\n');

    await new MockActivityEnvironment().run(activities.closeWorkspace, { frame, keep: true });

    expect(ended).toEqual([`${frame.key} with 1 slot`]);
    expect(host.slots.used).toBe(0);
    await new MockActivityEnvironment().run(activities.openWorkspace, request(frame));
    expect(await readFile(join(root, 'work', 'new.txt'), 'utf8')).toBe('kept\n');
    expect(host.slots.tasks).toEqual([frame.id]);
  });

  it('does nothing where there is nothing', async () => {
    const { activities, frame, host } = await hostActivities();

    await new MockActivityEnvironment().run(activities.closeWorkspace, { frame, keep: false });
    await new MockActivityEnvironment().run(activities.closeWorkspace, { frame, keep: false });

    expect(host.slots.used).toBe(0);
  });
});
