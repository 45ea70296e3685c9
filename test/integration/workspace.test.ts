import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readlink, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from '../../src/contract/activities.ts';
import { FailureType } from '../../src/domain/failure-type.ts';
import {
  makeFrame,
  makeHost,
  makeRemote,
  memoryArtifacts,
  naiveGit,
  NEEDS,
  temporaryFolder,
  writeFiles,
} from '../support/git-fixture.ts';

jest.setTimeout(60_000);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const BASE = { 'README.md': 'hello\n', 'src/a.txt': 'one\ntwo\n', 'src/b.txt': 'b\n', 'run.sh': '#!/bin/sh\n' };

async function openOn(files: Record<string, string>, more: Partial<Parameters<typeof makeHost>[0]> = {}) {
  const remote = await makeRemote(folder.path, files);
  const host = makeHost({ root: join(folder.path, 'host'), url: remote.url, ...more });
  const frame = makeFrame({ baseSha: remote.sha });
  const workspace = await host.workspaces.open({ frame, needs: NEEDS, restore: null });
  return { remote, host, frame, workspace, work: workspace.work };
}

describe('an open workspace', () => {
  it('is a repository of its own on the task’s branch with a clean status', async () => {
    const { frame, remote, work } = await openOn(BASE);

    const status = naiveGit(work, 'status', '--porcelain');

    expect(status).toBe('');
    expect(naiveGit(work, 'rev-parse', '--show-toplevel').trim()).toBe(work);
    expect(naiveGit(work, 'symbolic-ref', '--short', 'HEAD').trim()).toBe(frame.branch);
    expect(naiveGit(work, 'rev-parse', 'HEAD').trim()).toBe(remote.sha);
    expect(naiveGit(work, 'for-each-ref', '--format=%(refname)').trim()).toBe(`refs/heads/${frame.branch}`);
  });

  it('is kept as it stands when the same run opens it again after a restart', async () => {
    const { frame, remote, work } = await openOn(BASE);
    await writeFile(join(work, 'src/a.txt'), 'changed\n');

    const restarted = makeHost({ root: join(folder.path, 'host'), url: remote.url });
    await restarted.workspaces.open({ frame, needs: NEEDS, restore: null });

    expect(await readFile(join(work, 'src/a.txt'), 'utf8')).toBe('changed\n');
  });

  it('is laid anew for another run of the task', async () => {
    const { frame, host, work } = await openOn(BASE);
    await writeFile(join(work, 'src/a.txt'), 'changed\n');

    await host.workspaces.open({ frame: { ...frame, epoch: 2 }, needs: NEEDS, restore: null });

    expect(await readFile(join(work, 'src/a.txt'), 'utf8')).toBe('one\ntwo\n');
  });

  it('is laid anew when set-up was interrupted', async () => {
    const remote = await makeRemote(folder.path, BASE);
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
    const { frame, host } = await openOn(BASE, { slots: 1 });
    const other = makeFrame({ ...frame, id: 'task:other', key: 'other' });

    const refused = host.workspaces.open({ frame: other, needs: NEEDS, restore: null });

    await expect(refused).rejects.toMatchObject({ type: FailureType.HostBusy, retryAfterMs: 1000 });
    await expect(host.workspaces.open({ frame, needs: NEEDS, restore: null })).resolves.toBeDefined();
  });

  it('is refused with the figures when disk or memory is short', async () => {
    const remote = await makeRemote(folder.path, BASE);
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
    const { frame, host, remote, work } = await openOn(BASE, { artifacts, prepare });
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

describe('a captured change', () => {
  it('is empty without a bundle when nothing was changed', async () => {
    const { frame, host, remote } = await openOn(BASE);

    const change = await host.workspaces.capture(frame, null);

    expect(change).toMatchObject({ bundle: null, files: 0, headSha: remote.sha, losses: [] });
  });

  it('holds edits, additions, deletions, renames, modes and links, and is the same commit each time', async () => {
    const { frame, host, work } = await openOn(BASE);
    await writeFile(join(work, 'src/a.txt'), 'one\nthree\n');
    await rename(join(work, 'src/b.txt'), join(work, 'src/c.txt'));
    await chmod(join(work, 'run.sh'), 0o755);
    await symlink('/etc/passwd', join(work, 'link'));
    await writeFiles(work, { 'ünï\nline.txt': 'x\n', 'README.md/now-a-folder': '' }).catch(() => undefined);

    const change = await host.workspaces.capture(frame, 'fix');
    const again = await host.workspaces.capture(frame, 'fix');

    expect(again).toEqual(change);
    const mirror = host.mirrors.path(frame.repo);
    const tree = naiveGit(mirror, 'ls-tree', '-r', '-z', change.headSha).split('\0');
    expect(tree).toContainEqual(expect.stringMatching(/^120000 blob .*\tlink$/));
    expect(tree).toContainEqual(expect.stringMatching(/^100755 blob .*\trun\.sh$/));
    expect(tree).toContainEqual(expect.stringMatching(/\tünï\nline\.txt$/));
    expect(tree.join()).not.toContain('src/b.txt');
    expect(naiveGit(mirror, 'cat-file', 'blob', `${change.headSha}:link`)).toBe('/etc/passwd');
    expect(naiveGit(mirror, 'log', '-1', '--format=%an <%ae> %at%n%B', change.headSha)).toContain(
      'fix: The parser crashes\n\nTaskfleet-Task: task:local/o/r#12',
    );
  });

  it('leaves out dependencies and build output without any .gitignore, and keeps folders that the base tracks', async () => {
    const { frame, host, work } = await openOn({ ...BASE, 'lib/build/tool.txt': 'tracked\n' });
    await writeFiles(work, {
      'node_modules/x/index.js': 'x',
      'pkg/__pycache__/a.pyc': 'x',
      'build/out.js': 'x',
      'lib/build/new.txt': 'new\n',
      'src/new.txt': 'new\n',
    });

    const change = await host.workspaces.capture(frame, null);

    expect(change.paths).toEqual(['lib/build/new.txt', 'src/new.txt']);
  });

  it('leaves out what set-up left behind, but not what the session then edited', async () => {
    const prepare = async ({ workspace }: { workspace: { work: string } }) =>
      writeFiles(workspace.work, { 'lock.json': '{}\n', 'src/b.txt': 'by set-up\n', 'generated.txt': 'g\n' });
    const { frame, host, work } = await openOn(BASE, { prepare });
    await writeFile(join(work, 'generated.txt'), 'g, edited\n');

    const change = await host.workspaces.capture(frame, null);

    expect(change.paths).toEqual(['generated.txt']);
  });

  it('honours the .gitignore of the base, in folders too, and none that the session writes', async () => {
    const { frame, host, work } = await openOn({ ...BASE, '.gitignore': '*.log\n', 'src/.gitignore': '/local.txt\n' });
    await writeFiles(work, {
      '.gitignore': '*\n',
      'debug.log': 'x',
      'src/local.txt': 'x',
      'local.txt': 'kept\n',
      'src/hidden.txt': 'kept\n',
    });

    const change = await host.workspaces.capture(frame, null);

    expect(change.paths).toEqual(['.gitignore', 'local.txt', 'src/hidden.txt']);
  });

  it('stores content as it stands whatever .gitattributes asks for', async () => {
    const { frame, host, work } = await openOn(BASE);
    await writeFiles(work, {
      '.gitattributes': '* text=auto eol=crlf ident filter=lfs working-tree-encoding=UTF-16\n',
      'dos.txt': 'a\r\nb\r\n',
    });

    const change = await host.workspaces.capture(frame, null);

    const mirror = host.mirrors.path(frame.repo);
    expect(naiveGit(mirror, 'cat-file', 'blob', `${change.headSha}:dos.txt`)).toBe('a\r\nb\r\n');
  });

  it('survives a session that deleted .git, switched branches or committed by itself', async () => {
    const { frame, host, work } = await openOn(BASE);
    await writeFile(join(work, 'src/a.txt'), 'committed\n');
    naiveGit(work, 'checkout', '-q', '-b', 'elsewhere');
    naiveGit(work, 'commit', '-q', '-a', '-m', 'by the session');
    const committed = await host.workspaces.capture(frame, null);
    await rm(join(work, '.git'), { recursive: true });

    const deleted = await host.workspaces.capture(frame, null);

    expect(committed.paths).toEqual(['src/a.txt']);
    expect(deleted.headSha).toBe(committed.headSha);
    await host.workspaces.open({ frame, needs: NEEDS, restore: null });
    expect(naiveGit(work, 'status', '--porcelain').trim()).toBe('M src/a.txt');
  });

  it('does not follow a folder that became a symbolic link', async () => {
    const { frame, host, work } = await openOn(BASE);
    await mkdir(join(folder.path, 'outside'));
    await writeFile(join(folder.path, 'outside', 'a.txt'), 'secret\n');
    await rm(join(work, 'src'), { recursive: true });
    await symlink(join(folder.path, 'outside'), join(work, 'src'));

    const change = await host.workspaces.capture(frame, null);

    const mirror = host.mirrors.path(frame.repo);
    expect(naiveGit(mirror, 'ls-tree', '-r', '--name-only', change.headSha).split('\n')).not.toContain('src/a.txt');
    expect(naiveGit(mirror, 'ls-tree', change.headSha, 'src')).toMatch(/^120000/);
  });

  it('names nested repositories and giant files as losses, and captures the rest', async () => {
    const { frame, host, work } = await openOn(BASE);
    await mkdir(join(work, 'vendor/dep'), { recursive: true });
    naiveGit(join(work, 'vendor/dep'), 'init', '-q');
    await writeFiles(work, { 'vendor/dep/file.txt': 'x', 'kept.txt': 'x\n', 'huge.bin': '' });
    await truncate(join(work, 'huge.bin'), 101 * 1024 * 1024);

    const change = await host.workspaces.capture(frame, null);

    expect(change.paths).toEqual(['kept.txt']);
    expect(change.losses).toEqual([
      expect.stringMatching(/huge\.bin is too large \(101 MB/),
      expect.stringMatching(/vendor\/dep is a git repository of its own/),
    ]);
  });

  it('is WorkspaceLost where the workspace is gone, not an empty change', async () => {
    const { frame, host, workspace } = await openOn(BASE);
    await rm(workspace.root, { recursive: true });

    const captured: Promise<Change> = host.workspaces.capture(frame, null);

    await expect(captured).rejects.toMatchObject({ type: FailureType.WorkspaceLost });
  });
});

describe('a closed workspace', () => {
  it('leaves no folder, ref or slot, and closing again changes nothing', async () => {
    const { frame, host, work, workspace } = await openOn(BASE);
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

describe('a link in place of the work tree', () => {
  it('is not entered', async () => {
    const { frame, host, work } = await openOn(BASE);
    await mkdir(join(folder.path, 'outside'));
    await rename(work, `${work}.moved`);
    await symlink(join(folder.path, 'outside'), work);

    await expect(host.workspaces.capture(frame, null)).rejects.toMatchObject({ type: FailureType.WorkspaceLost });
    expect(await readlink(work)).toBe(join(folder.path, 'outside'));
  });
});
