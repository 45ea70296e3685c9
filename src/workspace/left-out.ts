import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '../git/git.ts';
import { AMBIGUOUS_FOLDERS } from './never-committed.ts';
import type { Workspace } from './workspace.ts';

const AT_BASELINE = 'left-out.json';

export interface LeftOutRequest {
  readonly workspace: Pick<Workspace, 'mirror' | 'work' | 'trusted'>;
  /** The index of a snapshot just taken: whatever went into it is not left out. */
  readonly indexFile: string;
  readonly excludeFile: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Folders that only their name keeps out of the commit: it is one of build output's, and people call sources so too.
 * What the repository's own rules leave out is meant to be, and is not among them.
 */
export async function findLeftOut(git: Git, request: LeftOutRequest): Promise<string[]> {
  const { mirror, work, trusted } = request.workspace;
  const rules = join(trusted, 'exclude.unambiguous');
  await writeFile(rules, withoutAmbiguous(await readFile(request.excludeFile, 'utf8')));
  const listed = await git.run(['ls-files', '--others', '-z', `--exclude-from=${rules}`], {
    gitDir: mirror,
    workTree: work,
    indexFile: request.indexFile,
    cwd: work,
    signal: request.signal,
  });
  const folders = new Set<string>();
  for (const path of listed.toString('utf8').split('\0')) {
    const folder = ambiguousFolder(path);
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].sort();
}

/** Writes down what set-up itself made of the kind. */
export async function keepLeftOut(trusted: string, folders: readonly string[]): Promise<void> {
  await writeFile(join(trusted, AT_BASELINE), JSON.stringify(folders));
}

/** In words, what the session made of the kind since set-up. */
export async function describeLeftOut(trusted: string, folders: readonly string[]): Promise<string[]> {
  if (folders.length === 0) return [];
  const text = await readFile(join(trusted, AT_BASELINE), 'utf8').catch(() => '[]');
  const before = new Set(JSON.parse(text) as string[]);
  return folders
    .filter((folder) => !before.has(folder))
    .map((folder) => `${inWords(folder)}/ is new and named like build output: its files are left out`);
}

/** Our own rules come first: a line that stands there again is the repository's, or the operator's. */
function withoutAmbiguous(rules: string): string {
  const ours = new Set(AMBIGUOUS_FOLDERS.map((name) => `${name}/`));
  return rules
    .split('\n')
    .filter((line) => !ours.delete(line))
    .join('\n');
}

function ambiguousFolder(path: string): string | undefined {
  const parts = path.split('/');
  const at = parts.slice(0, -1).findIndex((part) => AMBIGUOUS_FOLDERS.includes(part));
  return at < 0 ? undefined : parts.slice(0, at + 1).join('/');
}

function inWords(path: string): string {
  return path.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, 200);
}
