import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureType } from '../../src/domain/failure-type.ts';
import {
  BASE_FILES,
  makeFrame,
  makeHost,
  makeRemote,
  memoryArtifacts,
  naiveGit,
  NEEDS,
  openWorkspace,
  temporaryFolder,
} from '../support/git-fixture.ts';

jest.setTimeout(60_000);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

describe('an open workspace', () => {
  it('is a repository of its own on the task’s branch with a clean status', async () => {
    const { frame, remote, work } = await openWorkspace(folder.path, BASE_FILES);

    const status = naiveGit(work, 'status', '--porcelain');

    expect(status).toBe('');
    expect(naiveGit(work, 'rev-parse', '--show-toplevel').trim()).toBe(work);
    expect(naiveGit(work, 'symbolic-ref', '--short', 'HEAD').trim()).toBe(frame.branch);
    expect(naiveGit(work, 'rev-parse', 'HEAD').trim()).toBe(remote.sha);
    expect(naiveGit(work, 'for-each-ref', '--format=%(refname)').trim()).toBe(`refs/heads/${frame.branch}`);
  });

  it('is kept as it stands when the same run opens it again after a restart', async () => {
    const { frame, remote, work } = await openWorkspace(folder.path, BASE_FILES);
    await writeFile(join(work, 'src/a.txt'), 'changed\n');

    const restarted = makeHost({ root: join(folder.path, 'host'), url: remote.url });
    await restarted.workspaces.open({ frame, needs: NEEDS, restore: null });

    expect(await readFile(join(work, 'src/a.txt'), 'utf8')).toBe('changed\n');
  });

  it('is laid anew for another run of the task', async () => {
    const { frame, host, work } = await openWorkspace(folder.path, BASE_FILES);
    await writeFile(join(work, 'src/a.txt'), 'changed\n');

    await host.workspaces.open({ frame: { ...frame, epoch: 2 }, needs: NEEDS, restore: null });

    expect(await readFile(join(work, 'src/a.txt'), 'utf8')).toBe('one\ntwo\n');
  });

  it('is laid anew when set-up was interrupted', async () => {
    const remote = await makeRemote(folder.path, BASE_FILES);
    let calls = 0;
    const prepare = async () => {
      calls += 1;
      if (calls === 1) throw new Error('killed');
    };
    const host = makeHost({ root: join(folder.path, 'host'), url: remote.url, prepare });
    const frame = makeFrame({ baseSha: remote.sha });

    await expect(host.workspaces.open({ frame, needs: NEEDS, restore: null })).rejects.toThrow('killed');
    expect(host.slots.used).toBe(0);
    await host.workspaces.open({ frame, needs: NEEDS, restore: null });

    expect(calls).toBe(2);
  });

  it('is refused with HostBusy when all slots are taken, and not when the task holds one', async () => {
    const { frame, host } = await openWorkspace(folder.path, BASE_FILES, { slots: 1 });
    const other = makeFrame({ ...frame, id: 'task:other', key: 'other' });

    const refused = host.workspaces.open({ frame: other, needs: NEEDS, restore: null });

    await expect(refused).rejects.toMatchObject({ type: FailureType.HostBusy, retryAfterMs: 1000 });
    await expect(host.workspaces.open({ frame, needs: NEEDS, restore: null })).resolves.toBeDefined();
  });

  it('is refused with the figures when disk or memory is short', async () => {
    const remote = await makeRemote(folder.path, BASE_FILES);
    const frame = makeFrame({ baseSha: remote.sha });
    const host = makeHost({ root: join(folder.path, 'host'), url: remote.url, free: { diskMb: 10, memoryMb: 20 } });

    const disk = host.workspaces.open({ frame, needs: { diskMb: 11, memoryMb: 1 }, restore: null });
    await expect(disk).rejects.toMatchObject({
      type: FailureType.DiskFull,
      message: expect.stringMatching(/10 MB.*11 MB/),
    });
    const memory = host.workspaces.open({ frame, needs: { diskMb: 1, memoryMb: 21 }, restore: null });
    await expect(memory).rejects.toMatchObject({ type: FailureType.ResourceShortage });
    expect(host.slots.used).toBe(0);
  });

  it('continues on another host from the captured change', async () => {
    const artifacts = memoryArtifacts();
    const prepare = async ({ workspace }: { workspace: { work: string } }) =>
      writeFile(join(workspace.work, 'setup.log'), 'left behind\n');
    const { frame, host, remote, work } = await openWorkspace(folder.path, BASE_FILES, { artifacts, prepare });
    await writeFile(join(work, 'src/a.txt'), 'changed\n');
    await rm(join(work, 'src/b.txt'));
    const change = await host.workspaces.capture(frame, 'fix');

    const second = makeHost({ root: join(folder.path, 'second'), url: remote.url, artifacts, prepare });
    const moved = await second.workspaces.open({ frame, needs: NEEDS, restore: change });

    expect(await readFile(join(moved.work, 'src/a.txt'), 'utf8')).toBe('changed\n');
    expect(existsSync(join(moved.work, 'src/b.txt'))).toBe(false);
    expect(existsSync(join(moved.work, 'setup.log'))).toBe(true);
    expect((await second.workspaces.capture(frame, 'fix')).headSha).toBe(change.headSha);
  });

  it('works without a repository, from an empty commit', async () => {
    const host = makeHost({ root: join(folder.path, 'host'), url: '/nowhere' });
    const { sha } = await host.mirrors.scratch();
    const frame = makeFrame({ baseSha: sha, repo: null, kind: 'scratch' });
    const { work } = await host.workspaces.open({ frame, needs: NEEDS, restore: null });
    await writeFile(join(work, 'answer.md'), '42\n');

    const change = await host.workspaces.capture(frame, null);

    expect(change).toMatchObject({ files: 1, insertions: 1, paths: ['answer.md'] });
  });
});

describe('a closed workspace', () => {
  it('leaves no folder, ref or slot, and closing again changes nothing', async () => {
    const { frame, host, work, workspace } = await openWorkspace(folder.path, BASE_FILES);
    await writeFile(join(work, 'new.txt'), 'x');
    await host.workspaces.capture(frame, null);
    await mkdir(join(folder.path, 'outside'));
    await writeFile(join(folder.path, 'outside', 'kept'), '');
    await symlink(join(folder.path, 'outside'), join(work, 'escape'));

    await host.workspaces.close(frame);
    await host.workspaces.close(frame);

    expect(existsSync(workspace.root)).toBe(false);
    expect(existsSync(join(folder.path, 'outside', 'kept'))).toBe(true);
    expect(host.slots.used).toBe(0);
    expect(naiveGit(host.mirrors.path(frame.repo), 'for-each-ref', 'refs/taskfleet').trim()).toBe('');
  });

  it('is a no-op where there never was one', async () => {
    const host = makeHost({ root: join(folder.path, 'host'), url: '/nowhere' });

    await expect(host.workspaces.close(makeFrame({ baseSha: '0'.repeat(40) }))).resolves.toBeUndefined();
  });
});
