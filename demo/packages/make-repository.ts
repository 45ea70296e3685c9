import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureType } from '../../src/domain/failure-type.ts';
import { TypedError } from '../../src/domain/typed-error.ts';
import type { Git } from '../../src/git/git.ts';
import { runProgram } from '../../src/supervisor/programs.ts';
import type { DemoPackage } from './demo-package.ts';

/** Fixed, so that the base commit of a package is the same on every machine. */
const AUTHOR = {
  GIT_AUTHOR_NAME: 'taskfleet demo',
  GIT_AUTHOR_EMAIL: 'demo@taskfleet.invalid',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'taskfleet demo',
  GIT_COMMITTER_EMAIL: 'demo@taskfleet.invalid',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

export interface RepositoryMaking {
  readonly demo: DemoPackage;
  readonly archive: string;
  /** Made anew; becomes a working copy on branch `main` with one commit. */
  readonly folder: string;
  readonly git: Git;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Turns a published archive into a git repository with one commit: the files as published, on branch `main`. */
export async function makeRepository(making: RepositoryMaking): Promise<{ readonly sha: string }> {
  const { demo, folder, git } = making;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const unpacked = await runProgram({
    command: 'tar',
    args: ['-xzf', making.archive, '-C', folder, '--strip-components=1', '--no-same-owner'],
    env: making.env,
    timeoutMs: 60_000,
  });
  if (unpacked.code !== 0) {
    const reason = unpacked.error?.message ?? unpacked.output.trim();
    throw new TypedError(FailureType.ConfigError, `${demo.archive.file} could not be unpacked: ${reason}`);
  }
  for (const path of demo.omit) await rm(join(folder, path), { recursive: true, force: true });
  const call = { cwd: folder, env: AUTHOR, what: `making a repository of ${demo.name}` };
  await git.run(['init', '--quiet', '--initial-branch=main'], call);
  await git.run(['add', '--all'], call);
  await git.run(['commit', '--quiet', '-m', `Import ${demo.name} ${demo.version} as published`], call);
  return { sha: (await git.run(['rev-parse', 'HEAD'], call)).toString().trim() };
}
