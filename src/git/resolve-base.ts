import { FailureType } from '../domain/failure-type.ts';
import { isUsableRef } from '../domain/naming.ts';
import { nearestNames } from '../domain/nearest-names.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { Git } from './git.ts';

/**
 * The branch that work starts from and its commit: the one asked for, else the repository's default branch.
 * Throws `RepositoryEmpty` where there is no commit, `BaseNotFound` with the nearest names where there is no such branch.
 */
export async function resolveBase(
  git: Git,
  mirror: string,
  wanted?: string,
): Promise<{ readonly base: string; readonly sha: string }> {
  const branches = await listBranches(git, mirror);
  if (branches.size === 0) {
    throw new TypedError(FailureType.RepositoryEmpty, 'The repository has no commits.', {
      hint: 'Push a first commit, then start the task again.',
    });
  }
  const base = wanted ?? (await defaultBranch(git, mirror, branches));
  const sha = branches.get(base);
  if (sha !== undefined && isUsableRef(base)) return { base, sha };
  const near = nearestNames(base, [...branches.keys()]).slice(0, 3);
  throw new TypedError(FailureType.BaseNotFound, `There is no branch '${base.slice(0, 200)}' in the repository.`, {
    hint: `Nearest: ${near.join(', ')}.`,
  });
}

async function listBranches(git: Git, mirror: string): Promise<Map<string, string>> {
  const listed = await git.run(['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', 'refs/heads/'], {
    gitDir: mirror,
  });
  const lines = listed.toString('utf8').split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
}

async function defaultBranch(git: Git, mirror: string, branches: Map<string, string>): Promise<string> {
  const head = await git.try(['symbolic-ref', '--short', 'HEAD'], { gitDir: mirror });
  const named = head.stdout.toString('utf8').trim();
  if (branches.has(named)) return named;
  const usual = ['main', 'master', 'trunk', 'develop'].find((name) => branches.has(name));
  return usual ?? ([...branches.keys()][0] as string);
}
