import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { TaskInput } from '../contract/task-input.ts';
import { parseRepoAddress } from '../intake/repo-address.ts';
import { identifyTask, type TaskIdentity } from '../intake/task-identity.ts';
import type { CliContext } from './context.ts';

type Place = Pick<CliContext, 'settings' | 'cwd'>;

/** The canonical id of an issue's task. */
export function canonicalId(input: { readonly repo: string; readonly issue: number }, place: Place): string {
  return identify({ repo: absoluteRepo(input.repo, place.cwd), issue: input.issue }, place).id;
}

/** Which task an input means, by this installation's forge. */
export function identify(input: TaskInput, place: Place): TaskIdentity {
  return identifyTask(input, place.settings.github);
}

/** The key of a repository as it stands in ids and search attributes: `github.com/owner/name`. */
export function repositoryKey(repo: string, place: Place): string {
  return parseRepoAddress(absoluteRepo(repo, place.cwd), place.settings.github).key;
}

/** A folder that is given by a relative path means the one of whoever types it. */
export function absoluteRepo(repo: string, cwd: string): string {
  if (repo === '~' || repo.startsWith('~/')) return resolve(homedir(), repo.slice(2));
  return /^\.{1,2}($|\/)/.test(repo) ? resolve(cwd, repo) : repo;
}
