import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureType } from '../../src/domain/failure-type.ts';
import { readFileAt } from '../../src/git/read-file.ts';
import { resolveBase } from '../../src/git/resolve-base.ts';
import { makeHost, makeRemote, naiveGit, temporaryFolder } from '../support/git-fixture.ts';

jest.setTimeout(60_000);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const KEY = 'local/o/r';

describe('mirrors', () => {
  it('serve concurrent callers, and need no network for a commit that they have', async () => {
    const remote = await makeRemote(folder.path, { 'a.txt': 'one\n' });
    const { mirrors } = makeHost({ root: join(folder.path, 'host'), url: remote.url });

    const paths = await Promise.all([1, 2, 3].map(() => mirrors.fetch({ key: KEY, url: remote.url })));
    const offline = await mirrors.fetch({ key: KEY, url: '/nowhere', needs: remote.sha });

    expect(new Set([...paths, offline]).size).toBe(1);
  });

  it('follow the remote’s branches, keep our refs, and remove the locks of dead processes', async () => {
    const remote = await makeRemote(folder.path, { 'a.txt': 'one\n' });
    const first = makeHost({ root: join(folder.path, 'host'), url: remote.url });
    const mirror = await first.mirrors.fetch({ key: KEY, url: remote.url });
    naiveGit(mirror, 'update-ref', 'refs/taskfleet/t-x/head', remote.sha);
    naiveGit(remote.url, 'branch', '-m', 'main', 'trunk');
    naiveGit(remote.url, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
    const lock = join(mirror, 'packed-refs.lock');
    await writeFile(lock, '');
    await utimes(lock, new Date(0), new Date(0));

    const second = makeHost({ root: join(folder.path, 'host'), url: remote.url });
    await second.mirrors.fetch({ key: KEY, url: remote.url });

    expect(await resolveBase(second.git, mirror)).toEqual({ base: 'trunk', sha: remote.sha });
    expect(naiveGit(mirror, 'for-each-ref', '--format=%(refname)').trim().split('\n')).toEqual([
      'refs/heads/trunk',
      'refs/taskfleet/t-x/head',
    ]);
    expect(existsSync(lock)).toBe(false);
  });

  it('say what is wrong with a repository or a base', async () => {
    const remote = await makeRemote(folder.path, {});
    const { git, mirrors } = makeHost({ root: join(folder.path, 'host'), url: remote.url });

    const missing = mirrors.fetch({ key: 'local/o/none', url: join(folder.path, 'none') });
    await expect(missing).rejects.toMatchObject({ type: FailureType.RepositoryNotFound });
    const empty = resolveBase(git, await mirrors.fetch({ key: KEY, url: remote.url }));
    await expect(empty).rejects.toMatchObject({ type: FailureType.RepositoryEmpty });
    await expect(mirrors.fetch({ key: '../x', url: remote.url })).rejects.toMatchObject({ type: FailureType.BadInput });
  });

  it('read a file of a commit, and name the nearest branch to one that is missing', async () => {
    const remote = await makeRemote(folder.path, { 'a.txt': 'one\n' });
    const { git, mirrors } = makeHost({ root: join(folder.path, 'host'), url: remote.url });
    const mirror = await mirrors.fetch({ key: KEY, url: remote.url });

    expect(await readFileAt(git, mirror, { sha: remote.sha, path: 'a.txt' })).toBe('one\n');
    expect(await readFileAt(git, mirror, { sha: remote.sha, path: 'b.txt' })).toBeUndefined();
    expect(await readFileAt(git, mirror, { sha: remote.sha, path: 'a.txt', maxBytes: 1 })).toBeUndefined();
    await expect(resolveBase(git, mirror, 'mian')).rejects.toMatchObject({
      type: FailureType.BaseNotFound,
      hint: 'Nearest: main.',
    });
  });
});
