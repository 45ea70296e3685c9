import { randomBytes } from 'node:crypto';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteTaskRefs } from '../git/delete-task-refs.ts';
import type { Git } from '../git/git.ts';
import type { Mirrors } from '../git/mirrors.ts';
import type { LedgerTask } from '../ledger/ledger.ts';
import { readAnyMetadata } from './metadata.ts';
import { removeTree } from './remove-tree.ts';

const DOOMED = '.removed-';

export interface SweepDeps {
  /** Folder of all workspaces of this host. */
  readonly root: string;
  readonly git: Git;
  readonly mirrors: Pick<Mirrors, 'path'>;
  /** What the ledger knows of a task. */
  readonly find: (taskId: string) => Promise<Pick<LedgerTask, 'state' | 'epoch' | 'repo'> | undefined>;
  /** Told of a workspace that is left as it is because it could not be judged or put aside. */
  readonly onError: (key: string, error: unknown) => void;
}

export interface Sweep {
  /** Workspaces that are gone from their place. */
  readonly keys: readonly string[];
  /** Resolves when their files are gone as well. */
  readonly removed: Promise<void>;
}

/**
 * Puts aside what tasks left here that have ended meanwhile, or went on in a later run, and what was never laid to its end.
 * Call it before the first step runs: afterwards a workspace may be one that is being laid. Files are removed while
 * the host is at work already. What the ledger does not know stays.
 */
export async function sweepWorkspaces(deps: SweepDeps): Promise<Sweep> {
  const names = await readdir(deps.root).catch(() => []);
  const doomed = names.filter((name) => name.startsWith(DOOMED));
  const keys: string[] = [];
  for (const key of names) {
    if (key.startsWith('.')) continue;
    try {
      if (!(await isOver(deps, key))) continue;
      const aside = `${DOOMED}${randomBytes(8).toString('hex')}`;
      await rename(join(deps.root, key), join(deps.root, aside));
      doomed.push(aside);
      keys.push(key);
    } catch (error) {
      deps.onError(key, error);
    }
  }
  return { keys, removed: removeAll(deps, doomed) };
}

async function isOver(deps: SweepDeps, key: string): Promise<boolean> {
  const metadata = await readAnyMetadata(join(deps.root, key, 'trusted'));
  // its laying was interrupted: whoever opens it lays it anew
  if (!metadata) return true;
  const task = await deps.find(metadata.taskId);
  if (!task || (task.state === 'running' && task.epoch <= metadata.epoch)) return false;
  await deleteTaskRefs(deps.git, deps.mirrors.path(task.repo), key);
  return true;
}

async function removeAll(deps: SweepDeps, names: readonly string[]): Promise<void> {
  for (const name of names) {
    try {
      await removeTree(join(deps.root, name));
    } catch (error) {
      deps.onError(name, error);
    }
  }
}
