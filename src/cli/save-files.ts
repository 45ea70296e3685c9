import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { TaskStatus } from '../contract/task-status.ts';
import { isEnd } from '../domain/task-state.ts';
import { runProgram } from '../supervisor/programs.ts';
import { CommandError } from './command-error.ts';
import type { CliContext } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { patchOf } from './patch-of.ts';

export type Saved =
  /** The files themselves, of a task without repository. */
  | { readonly kind: 'files'; readonly path: string }
  /** The commit as a mail for `git am`, of a task whose repository took no push. */
  | { readonly kind: 'patch'; readonly path: string };

/** Puts what a task made into a folder. Throws NotFound, with where it is instead, for a task that left no files. */
export async function saveFiles(context: CliContext, id: string, folder: string): Promise<Saved> {
  const status = await (await context.tasks()).status(id);
  const digest = patchOf(status);
  if (digest === null) throw noFiles(status);
  const patch = Buffer.from(await (await context.gateway()).artifacts.get(digest));
  const target = resolve(context.cwd, folder);
  if (status.repo !== null) {
    const path = join(target, `${(status.branch ?? 'change').replace(/[^A-Za-z0-9._-]+/g, '-')}.patch`);
    await savePatch(patch, path);
    return { kind: 'patch', path };
  }
  await applyPatch(patch, target, context.env['PATH']);
  return { kind: 'files', path: target };
}

/** What a person is told of it. */
export function describeSaved(saved: Saved): string {
  if (saved.kind === 'files') return `Its files are in ${saved.path}`;
  return `Its change is in ${saved.path}: git am '${saved.path}' makes it a commit`;
}

function noFiles(status: TaskStatus): CommandError {
  const { delivery, id, pullRequest } = status;
  if (pullRequest) {
    return new CommandError(ExitCode.NotFound, `the change of ${id} is a pull request`, `see ${pullRequest.url}`);
  }
  if (delivery !== null) {
    const mend = 'fetch it from the repository';
    return new CommandError(ExitCode.NotFound, `the change of ${id} is on the branch ${delivery}`, mend);
  }
  return isEnd(status.state)
    ? new CommandError(ExitCode.NotFound, `the task ${id} made no files`, `'taskfleet show ${id}' says what it did`)
    : new CommandError(ExitCode.NotFound, `the task ${id} has not ended`, `follow it with 'taskfleet logs -f ${id}'`);
}

async function savePatch(patch: Buffer, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, patch, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandError(ExitCode.Failure, `${path} is there already`, 'remove it, or choose another folder');
  }
}

/** Writes the patch's files below the folder, or none of them. Git refuses paths that lead out of it, through links too. */
export async function applyPatch(patch: Buffer, folder: string, path: string | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), 'taskfleet-files-'));
  try {
    const file = join(scratch, 'change.patch');
    await writeFile(file, patch);
    const applied = await runProgram({
      command: 'git',
      args: ['apply', '--whitespace=nowarn', file],
      cwd: folder,
      env: {
        PATH: path,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_ATTR_NOSYSTEM: '1',
        // a repository that the folder may lie in is none of our business
        GIT_CEILING_DIRECTORIES: dirname(folder),
        LC_ALL: 'C',
      },
      timeoutMs: 120_000,
    });
    if (applied.code === 0) return;
    const why = applied.output.split('\n')[0]?.replace(/^error: /, '') ?? '';
    throw new CommandError(ExitCode.Failure, `the files could not be written: ${why}`, 'choose an empty folder');
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
