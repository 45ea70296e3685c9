import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit, tryGit } from './run-git.ts';

/** A repository of the emulated forge: git's own on disk, the emulator's in memory. */
export interface HostedRepo {
  readonly owner: string;
  readonly name: string;
  readonly gitDir: string;
  readonly defaultBranch: string;
}

export interface RepoSeed {
  readonly owner: string;
  readonly name: string;
  /** A bare repository or a working folder to start from; an empty repository where not given. */
  readonly from?: string;
  readonly private?: boolean;
  readonly description?: string;
}

/** Makes the bare repository that people clone and push to. */
export async function hostRepo(dir: string, seed: RepoSeed): Promise<HostedRepo> {
  const gitDir = join(dir, seed.owner, `${seed.name}.git`);
  await mkdir(gitDir, { recursive: true });
  await runGit(gitDir, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main']);
  if (seed.from !== undefined) {
    await runGit(gitDir, [
      'fetch',
      '--quiet',
      '--force',
      '--',
      seed.from,
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
    ]);
    const head = await headOf(seed.from);
    if (head) await runGit(gitDir, ['symbolic-ref', 'HEAD', head]);
  }
  await runGit(gitDir, ['config', 'http.receivepack', 'true']);
  await runGit(gitDir, ['config', 'receive.denyDeleteCurrent', 'true']);
  const head = await runGit(gitDir, ['symbolic-ref', '--short', 'HEAD']);
  return { owner: seed.owner, name: seed.name, gitDir, defaultBranch: head.toString().trim() };
}

async function headOf(from: string): Promise<string | undefined> {
  const work = await tryGit(join(from, '.git'), ['symbolic-ref', 'HEAD']);
  return work ?? (await tryGit(from, ['symbolic-ref', 'HEAD']));
}

/** The commit of each branch. */
export async function readBranches(repo: HostedRepo): Promise<Map<string, string>> {
  const listed = await runGit(repo.gitDir, [
    'for-each-ref',
    '--format=%(objectname) %(refname:lstrip=2)',
    'refs/heads/',
  ]);
  const lines = listed.toString().split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
}
