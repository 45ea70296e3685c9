import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { runProgram } from '../supervisor/programs.ts';
import { CommandError } from './command-error.ts';
import type { CliContext } from './context.ts';
import { ExitCode } from './exit-code.ts';

/** Puts the files that a task without repository made into a folder; says so where there are none. */
export async function saveFiles(context: CliContext, id: string, folder: string): Promise<void> {
  const { output } = context;
  const { delivery } = await (await context.tasks()).status(id);
  const digest = /\b[0-9a-f]{64}\b/.exec(delivery ?? '')?.[0];
  if (digest === undefined) {
    output.note('The task made no files.');
    return;
  }
  const target = resolve(context.cwd, folder);
  const patch = Buffer.from(await (await context.gateway()).artifacts.get(digest));
  await applyPatch(patch, target, context.env['PATH']);
  output.note(`Its files are in ${target}`);
}

/** Writes the patch's files below the folder. Git refuses paths that lead out of it, through links too. */
export async function applyPatch(patch: Buffer, folder: string, path: string | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'taskfleet.patch');
  await writeFile(file, patch, { flag: 'wx' });
  const applied = await runProgram({
    command: 'git',
    args: ['apply', '--whitespace=nowarn', 'taskfleet.patch'],
    cwd: folder,
    env: {
      PATH: path,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      // a repository that the folder may lie in is none of our business
      GIT_CEILING_DIRECTORIES: dirname(folder),
      LC_ALL: 'C',
    },
    timeoutMs: 120_000,
  });
  if (applied.code !== 0) {
    const why = applied.output.split('\n')[0] ?? '';
    throw new CommandError(
      ExitCode.Failure,
      `the files could not be written: ${why}`,
      `the change itself is in ${file}`,
    );
  }
  await rm(file);
}
