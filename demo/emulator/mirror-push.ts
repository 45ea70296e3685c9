import { parseCommit } from './parse-commit.ts';
import type { EmulatorApi } from './emulator-api.ts';
import { readBranches, type HostedRepo } from './hosted-repo.ts';
import { readBlobs } from './read-blobs.ts';
import { runGit } from './run-git.ts';

interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
}

/** Brings the emulator's branches, commits, trees and blobs up to git's, object by object: they get the same ids. */
export interface PushMirror {
  /** Resolves when the emulator knows every branch as it is now; calls for one repository follow each other. */
  sync(repo: HostedRepo): Promise<void>;
}

export function createPushMirror(api: EmulatorApi): PushMirror {
  const known = new Map<string, Set<string>>();
  const branches = new Map<string, Map<string, string>>();
  let last: Promise<void> = Promise.resolve();

  async function syncNow(repo: HostedRepo): Promise<void> {
    const base = `/repos/${repo.owner}/${repo.name}`;
    const key = repo.gitDir;
    const objects = known.get(key) ?? new Set<string>();
    known.set(key, objects);
    const before = branches.get(key) ?? new Map<string, string>();
    const now = await readBranches(repo);
    for (const [name, sha] of now) {
      if (before.get(name) === sha) continue;
      for (const commit of await newCommits(repo, sha, objects)) await mirrorCommit(repo, commit, objects);
      const path = `${base}/git/refs/heads/${name}`;
      if (before.has(name)) await api.call(repo.owner, 'PATCH', path, { sha, force: true });
      else await api.call(repo.owner, 'POST', `${base}/git/refs`, { ref: `refs/heads/${name}`, sha });
      before.set(name, sha);
    }
    for (const name of before.keys()) {
      if (now.has(name)) continue;
      await api.call(repo.owner, 'DELETE', `${base}/git/refs/heads/${name}`);
      before.delete(name);
    }
    branches.set(key, before);
  }

  async function mirrorCommit(repo: HostedRepo, sha: string, objects: Set<string>): Promise<void> {
    const base = `/repos/${repo.owner}/${repo.name}`;
    const commit = parseCommit(await runGit(repo.gitDir, ['cat-file', 'commit', sha]));
    const entries = await listTree(repo, commit.tree);
    const missing = entries
      .filter((entry) => entry.type === 'blob' && !objects.has(entry.sha))
      .map(({ sha: blob }) => blob);
    const contents = await readBlobs(repo.gitDir, missing);
    const tree = [];
    for (const entry of entries) tree.push(await mirrorEntry(repo, entry, contents));
    for (const blob of missing) objects.add(blob);
    if (tree.length > 0) await api.call(repo.owner, 'POST', `${base}/git/trees`, { tree });
    const made = (await api.call(repo.owner, 'POST', `${base}/git/commits`, commit)) as { sha: string };
    if (made.sha !== sha) {
      throw new Error(`commit ${sha} became ${made.sha} in the emulator: signed commits cannot be mirrored`);
    }
    objects.add(sha);
  }

  /** Text travels inside the tree, so that a repository of hundreds of files takes few requests. */
  async function mirrorEntry(
    repo: HostedRepo,
    entry: TreeEntry,
    contents: ReadonlyMap<string, Buffer>,
  ): Promise<Record<string, string>> {
    const { path, mode, type, sha } = entry;
    const content = contents.get(sha);
    if (!content) return { path, mode, type, sha };
    const text = content.toString('utf8');
    if (Buffer.from(text, 'utf8').equals(content)) return { path, mode, type, content: text };
    const body = { content: content.toString('base64'), encoding: 'base64' };
    await api.call(repo.owner, 'POST', `/repos/${repo.owner}/${repo.name}/git/blobs`, body);
    return { path, mode, type, sha };
  }

  return {
    sync(repo) {
      const turn = last.then(() => syncNow(repo));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** What the emulator lacks of a branch, parents first. */
async function newCommits(repo: HostedRepo, sha: string, objects: ReadonlySet<string>): Promise<string[]> {
  const listed = await runGit(repo.gitDir, ['rev-list', '--reverse', '--topo-order', sha]);
  return listed
    .toString()
    .split('\n')
    .filter((commit) => commit !== '' && !objects.has(commit));
}

async function listTree(repo: HostedRepo, tree: string): Promise<TreeEntry[]> {
  const listed = await runGit(repo.gitDir, ['ls-tree', '-r', '-z', tree]);
  return listed
    .toString('utf8')
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [meta = '', path = ''] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)];
      const [mode = '', type = '', sha = ''] = meta.split(' ');
      return { path, mode, type, sha };
    });
}
