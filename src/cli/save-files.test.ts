import { chmod, lstat, mkdir, readFile, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGit } from '../git/git.ts';
import { makePatch } from '../git/make-patch.ts';
import { naiveGit, temporaryFolder, writeFiles } from '../../test/support/git-fixture.ts';
import type { CliContext } from './context.ts';
import { applyPatch, describeSaved, saveFiles } from './save-files.ts';

const PATH = process.env['PATH'] ?? '';
const BINARY = Buffer.from([...Array(256).keys(), 0, 13, 10, 0]);

let folder: ReturnType<typeof temporaryFolder>;
let patch: Buffer;

beforeEach(async () => {
  folder = temporaryFolder();
  const work = join(folder.path, 'work');
  await mkdir(work);
  naiveGit(work, 'init', '-q');
  naiveGit(work, 'commit', '-q', '--allow-empty', '-m', 'base');
  await writeFiles(work, {
    'read me.txt': 'one\r\ntwo',
    'a folder/größe.bin': BINARY,
    'run.sh': '#!/bin/sh\necho ran\n',
    empty: '',
    'taskfleet.patch': 'of their own\n',
  });
  await chmod(join(work, 'run.sh'), 0o755);
  await symlink('run.sh', join(work, 'link'));
  naiveGit(work, 'add', '-A');
  naiveGit(work, 'commit', '-q', '-m', 'files');
  const git = createGit({ env: { PATH } });
  patch = await makePatch(git, { mirror: join(work, '.git'), sha: naiveGit(work, 'rev-parse', 'HEAD').trim() });
});

afterEach(() => folder.remove());

describe('applyPatch', () => {
  it('writes binary files, empty ones, links, rights and names with spaces as they were', async () => {
    const target = join(folder.path, 'new folder');

    await applyPatch(patch, target, PATH);

    expect(await readFile(join(target, 'read me.txt'), 'utf8')).toBe('one\r\ntwo');
    expect(await readFile(join(target, 'a folder/größe.bin'))).toEqual(BINARY);
    expect(await readFile(join(target, 'empty'))).toHaveLength(0);
    expect(await readFile(join(target, 'taskfleet.patch'), 'utf8')).toBe('of their own\n');
    expect(await readlink(join(target, 'link'))).toBe('run.sh');
    expect((await lstat(join(target, 'run.sh'))).mode & 0o111).toBe(0o111);
    expect((await lstat(join(target, 'read me.txt'))).mode & 0o111).toBe(0);
  });

  it('works in a folder of some repository, and leaves that alone', async () => {
    const target = join(folder.path, 'work', 'below', 'deep');

    await applyPatch(patch, target, PATH);

    expect(await readFile(join(target, 'run.sh'), 'utf8')).toContain('ran');
  });

  it('overwrites nothing, and then writes nothing', async () => {
    const target = join(folder.path, 'taken');
    await writeFiles(target, { 'run.sh': 'mine' });

    await expect(applyPatch(patch, target, PATH)).rejects.toThrow('run.sh: already exists');

    expect(await readFile(join(target, 'run.sh'), 'utf8')).toBe('mine');
    await expect(lstat(join(target, 'empty'))).rejects.toThrow('ENOENT');
  });

  it('says what git says of something that is no patch', async () => {
    const applied = applyPatch(Buffer.from('no patch'), join(folder.path, 'bad'), PATH);

    await expect(applied).rejects.toThrow('No valid patches');
  });
});

describe('saveFiles', () => {
  const digest = 'a'.repeat(64);
  const contextOf = (status: object): CliContext =>
    ({
      cwd: folder.path,
      env: { PATH },
      tasks: async () => ({ status: async () => ({ id: 'task:x', pullRequest: null, repo: null, ...status }) }),
      gateway: async () => ({ artifacts: { get: async (asked: string) => asked === digest && patch } }),
    }) as never;

  it('puts the files of a task without repository into the folder', async () => {
    const saved = await saveFiles(contextOf({ delivery: digest }), 'task:x', 'out');

    expect(saved).toEqual({ kind: 'files', path: join(folder.path, 'out') });
    expect(await readFile(join(folder.path, 'out', 'run.sh'), 'utf8')).toContain('ran');
  });

  it('keeps the change of a repository that took no push as a patch that git am takes', async () => {
    const clone = join(folder.path, 'clone');
    naiveGit(folder.path, 'clone', '-q', join(folder.path, 'work'), clone);
    naiveGit(clone, 'reset', '-q', '--hard', 'HEAD~1');
    const status = { delivery: digest, repo: 'file/x', branch: 'claude/task-x' };

    const saved = await saveFiles(contextOf(status), 'task:x', 'out');

    naiveGit(clone, 'am', '-q', '--keep-cr', saved.path);
    expect(naiveGit(clone, 'diff', 'origin/HEAD').trim()).toBe('');
    expect(describeSaved(saved)).toContain('claude-task-x.patch');
    await expect(saveFiles(contextOf(status), 'task:x', 'out')).rejects.toThrow('is there already');
  });

  it.each([
    ['is running', { delivery: null, state: 'in-progress' }, 'has not ended'],
    ['changed nothing', { delivery: null, state: 'no-change' }, 'made no files'],
    ['was pushed', { delivery: 'claude/task-x', state: 'completed' }, 'on the branch claude/task-x'],
  ])('says where to look where the task %s', async (_, status, message) => {
    await expect(saveFiles(contextOf(status), 'task:x', 'out')).rejects.toThrow(message);
  });
});
