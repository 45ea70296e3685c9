import { lstat } from 'node:fs/promises';
import type { Git, GitCall } from '../git/git.ts';

/** Larger files are refused by forges: 100 MB, GitHub's limit. */
const MAX_FILE_BYTES = 100 * 1024 * 1024;
const MAX_LOSSES = 50;
const NUL = Buffer.from([0]);
const ABSENT = Buffer.from(`0 ${'0'.repeat(40)}\t`);

export interface SnapshotRequest {
  readonly mirror: string;
  /** A tree that somebody else writes. Nothing in it is run, and no repository in it is entered. */
  readonly workTree: string;
  /** Our private index: what is tracked, as it was last seen. It is brought up to date. */
  readonly indexFile: string;
  readonly excludeFile: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The tree of all files, tracked or new, as they stand in the work tree: symbolic links as links, content unconverted.
 * `losses` says in words what could not go in.
 */
export async function takeSnapshot(
  git: Git,
  request: SnapshotRequest,
): Promise<{ readonly tree: string; readonly losses: string[] }> {
  const call: GitCall = {
    gitDir: request.mirror,
    workTree: request.workTree,
    indexFile: request.indexFile,
    cwd: request.workTree,
    signal: request.signal,
    what: 'snapshot of the workspace',
  };
  const [changed, untracked] = await Promise.all([
    git.run(['diff-files', '--raw', '-z', '--no-renames', '--ignore-submodules=all', '--no-ext-diff'], call),
    git.run(['ls-files', '--others', '-z', `--exclude-from=${request.excludeFile}`], call),
  ]);
  const losses: string[] = [];
  const paths: Buffer[] = [];
  const tracked = readChanges(changed);
  for (const path of tracked.edited) {
    const loss = await lossOf(request.workTree, path);
    if (loss) losses.push(loss);
    else paths.push(path);
  }
  for (const path of splitPaths(untracked)) {
    const loss = path.at(-1) === 0x2f ? nestedRepository(path) : await lossOf(request.workTree, path);
    if (loss) losses.push(loss);
    else paths.push(path);
  }
  if (tracked.removed.length > 0) {
    // told apart from the others: a path whose folder became a symbolic link is gone, and must not be looked up
    const stdin = Buffer.concat(tracked.removed.flatMap((path) => [ABSENT, path, NUL]));
    await git.run(['update-index', '-z', '--index-info'], { ...call, stdin });
  }
  if (paths.length > 0) {
    const stdin = Buffer.concat(paths.flatMap((path) => [path, NUL]));
    const updated = await git.try(['update-index', '--add', '--remove', '-z', '--stdin'], { ...call, stdin });
    if (updated.exitCode !== 0) await updateOneByOne(paths, losses);
    losses.push(...ignoredPaths(updated.stderr));
  }
  const tree = (await git.run(['write-tree'], call)).toString().trim();
  return { tree, losses: shorten(losses) };

  /** One file that cannot be read must not cost the others. */
  async function updateOneByOne(all: readonly Buffer[], lost: string[]): Promise<void> {
    for (const path of all) {
      const stdin = Buffer.concat([path, NUL]);
      const one = await git.try(['update-index', '--add', '--remove', '-z', '--stdin'], { ...call, stdin });
      if (one.exitCode !== 0) lost.push(`${inWords(path)} could not be read`);
    }
  }
}

/** What became of tracked files; a submodule's entry stays as it is in the base. */
function readChanges(raw: Buffer): { readonly edited: Buffer[]; readonly removed: Buffer[] } {
  const edited: Buffer[] = [];
  const removed: Buffer[] = [];
  const fields = splitPaths(raw);
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const status = fields[at]?.toString('latin1') ?? '';
    const path = fields[at + 1] as Buffer;
    if (status.startsWith(':160000')) continue;
    if (status.endsWith(' D')) removed.push(path);
    else edited.push(path);
  }
  return { edited, removed };
}

function splitPaths(listed: Buffer): Buffer[] {
  const paths: Buffer[] = [];
  let start = 0;
  for (let end = listed.indexOf(0); end >= 0; end = listed.indexOf(0, start)) {
    if (end > start) paths.push(listed.subarray(start, end));
    start = end + 1;
  }
  return paths;
}

async function lossOf(workTree: string, path: Buffer): Promise<string | undefined> {
  const found = await lstat(Buffer.concat([Buffer.from(`${workTree}/`), path])).catch(() => undefined);
  if (!found?.isFile() || found.size <= MAX_FILE_BYTES) return undefined;
  const megabytes = Math.round(found.size / 1024 / 1024);
  return `${inWords(path)} is too large (${megabytes} MB; at most ${MAX_FILE_BYTES / 1024 / 1024})`;
}

function nestedRepository(path: Buffer): string {
  return `${inWords(path.subarray(0, -1))} is a git repository of its own: its files are left out`;
}

/** Names that would be a repository's own folder on some file system: git leaves them out and says so. */
function ignoredPaths(stderr: string): string[] {
  return [...stderr.matchAll(/^Ignoring path (.+)$/gm)].map(
    (match) => `${inWords(Buffer.from(match[1] ?? ''))} is a name that git refuses`,
  );
}

function inWords(path: Buffer): string {
  return path
    .toString('utf8')
    .replace(/[\p{Cc}\p{Cf}]/gu, '?')
    .slice(0, 200);
}

function shorten(losses: string[]): string[] {
  if (losses.length <= MAX_LOSSES) return losses;
  return [...losses.slice(0, MAX_LOSSES - 1), `and ${losses.length - MAX_LOSSES + 1} more`];
}
