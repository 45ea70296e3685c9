import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { chmod, mkdir, readlink, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from '../../src/contract/activities.ts';
import { FailureType } from '../../src/domain/failure-type.ts';
import { BASE_FILES, naiveGit, NEEDS, openWorkspace, temporaryFolder, writeFiles } from '../support/git-fixture.ts';

jest.setTimeout(60_000);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

describe('a captured change', () => {
  it('is empty without a bundle when nothing was changed', async () => {
    const { frame, host, remote } = await openWorkspace(folder.path, BASE_FILES);

    const change = await host.workspaces.capture(frame, null);

    expect(change).toMatchObject({ bundle: null, files: 0, headSha: remote.sha, losses: [] });
  });

  it('holds edits, additions, deletions, renames, modes and links, and is the same commit each time', async () => {
    const { frame, host, work } = await openWorkspace(folder.path, BASE_FILES);
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
    const { frame, host, work } = await openWorkspace(folder.path, {
      ...BASE_FILES,
      'lib/build/tool.txt': 'tracked\n',
    });
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
    const { frame, host, work } = await openWorkspace(folder.path, BASE_FILES, { prepare });
    await writeFile(join(work, 'generated.txt'), 'g, edited\n');

    const change = await host.workspaces.capture(frame, null);

    expect(change.paths).toEqual(['generated.txt']);
  });

  it('has an edit of the same size that was made in the second in which set-up ended', async () => {
    const prepare = async ({ workspace }: { workspace: { work: string } }) =>
      writeFiles(workspace.work, { 'src/b.txt': 'by set-up\n' });
    const { frame, host, work } = await openWorkspace(folder.path, BASE_FILES, { prepare });
    await writeFile(join(work, 'src/b.txt'), 'by me now\n');
    await new Promise((resolve) => setTimeout(resolve, 1_100));

    const change = await host.workspaces.capture(frame, null);

    expect(change.paths).toEqual(['src/b.txt']);
  });

  it('honours the .gitignore of the base, in folders too, and none that the session writes', async () => {
    const { frame, host, work } = await openWorkspace(folder.path, {
      ...BASE_FILES,
      '.gitignore': '*.log\n',
      'src/.gitignore': '/local.txt\n',
    });
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
    const { frame, host, work } = await openWorkspace(folder.path, BASE_FILES);
    await writeFiles(work, {
      '.gitattributes': '* text=auto eol=crlf ident filter=lfs working-tree-encoding=UTF-16\n',
      'dos.txt': 'a\r\nb\r\n',
    });

    const change = await host.workspaces.capture(frame, null);

    const mirror = host.mirrors.path(frame.repo);
    expect(naiveGit(mirror, 'cat-file', 'blob', `${change.headSha}:dos.txt`)).toBe('a\r\nb\r\n');
  });

  it('survives a session that deleted .git, switched branches or committed by itself', async () => {
    const { frame, host, work } = await openWorkspace(folder.path, BASE_FILES);
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
    const { frame, host, work } = await openWorkspace(folder.path, BASE_FILES);
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
    const { frame, host, work } = await openWorkspace(folder.path, BASE_FILES);
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
    const { frame, host, workspace } = await openWorkspace(folder.path, BASE_FILES);
    await rm(workspace.root, { recursive: true });

    const captured: Promise<Change> = host.workspaces.capture(frame, null);

    await expect(captured).rejects.toMatchObject({ type: FailureType.WorkspaceLost });
  });
});

describe('a link in place of the work tree', () => {
  it('is not entered', async () => {
    const { frame, host, work } = await openWorkspace(folder.path, BASE_FILES);
    await mkdir(join(folder.path, 'outside'));
    await rename(work, `${work}.moved`);
    await symlink(join(folder.path, 'outside'), work);

    await expect(host.workspaces.capture(frame, null)).rejects.toMatchObject({ type: FailureType.WorkspaceLost });
    expect(await readlink(work)).toBe(join(folder.path, 'outside'));
  });
});
