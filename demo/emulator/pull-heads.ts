import { readBranches, type HostedRepo } from './hosted-repo.ts';
import { runGit, tryGit } from './run-git.ts';

/** The fields of a pull request that git knows better than the emulator. */
export interface Pull {
  number: number;
  state: string;
  head: { ref: string; sha: string };
  base: { ref: string; sha: string };
  commits?: number;
  additions?: number;
  deletions?: number;
  changed_files?: number;
}

export interface PullHeads {
  /** The pull request with the head that its branch has now; one that is closed keeps the head it had. */
  follow<T extends Pull>(repo: HostedRepo, pull: T): Promise<T>;
  /** The same for many of one repository, by one look at its branches. */
  followAll<T extends Pull>(repo: HostedRepo, pulls: readonly T[]): Promise<T[]>;
  /** The same with the figures that GitHub gives of a single pull request. */
  measure<T extends Pull>(repo: HostedRepo, pull: T): Promise<T>;
}

/** In the emulator a pull request's head stands still and its figures are zero: both come from git here. */
export function createPullHeads(): PullHeads {
  const last = new Map<string, string>();
  async function follow<T extends Pull>(repo: HostedRepo, pull: T): Promise<T> {
    const [current, base] = await Promise.all([
      pull.state === 'open' ? tipOf(repo, pull.head.ref) : undefined,
      tipOf(repo, pull.base.ref),
    ]);
    return place(repo, pull, { current, base });
  }

  function place<T extends Pull>(
    repo: HostedRepo,
    pull: T,
    { current, base }: { readonly current: string | undefined; readonly base: string | undefined },
  ): T {
    const key = `${repo.gitDir}#${pull.number}`;
    const head = current ?? last.get(key) ?? pull.head.sha;
    last.set(key, head);
    return { ...pull, head: { ...pull.head, sha: head }, base: { ...pull.base, sha: base ?? pull.base.sha } };
  }

  return {
    follow,
    async followAll(repo, pulls) {
      const tips = pulls.length > 0 ? await readBranches(repo) : new Map<string, string>();
      return pulls.map((pull) => {
        const current = pull.state === 'open' ? tips.get(pull.head.ref) : undefined;
        return place(repo, pull, { current, base: tips.get(pull.base.ref) });
      });
    },
    async measure(repo, pull) {
      const followed = await follow(repo, pull);
      return { ...followed, ...(await countChanges(repo, { base: followed.base.sha, head: followed.head.sha })) };
    },
  };
}

/** The commit of a branch; undefined where there is none. */
export async function tipOf(repo: HostedRepo, branch: string): Promise<string | undefined> {
  return tryGit(repo.gitDir, ['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/heads/${branch}^{commit}`]);
}

export interface Range {
  readonly base: string;
  readonly head: string;
}

async function countChanges(
  repo: HostedRepo,
  range: Range,
): Promise<{ commits: number; additions: number; deletions: number; changed_files: number }> {
  const commits = Number((await tryGit(repo.gitDir, ['rev-list', '--count', `${range.base}..${range.head}`])) ?? 0);
  const files = await listFiles(repo, range).catch(() => []);
  const sum = (count: (file: PullFile) => number): number => files.reduce((all, file) => all + count(file), 0);
  return {
    commits,
    additions: sum((file) => file.additions),
    deletions: sum((file) => file.deletions),
    changed_files: files.length,
  };
}

export interface PullFile {
  readonly filename: string;
  readonly status: 'added' | 'modified' | 'removed';
  readonly additions: number;
  readonly deletions: number;
  readonly changes: number;
  /** From the first `@@` on; none for a binary file. */
  readonly patch?: string;
}

/** What the branch changes since it left its base, file by file, as GitHub tells it. */
export async function listFiles(repo: HostedRepo, range: Range): Promise<PullFile[]> {
  const between = `${range.base}...${range.head}`;
  const plain = ['--no-renames', '--no-ext-diff', '--no-textconv', '-z'];
  const [statuses, counts] = await Promise.all([
    runGit(repo.gitDir, ['diff', '--name-status', ...plain, between]),
    runGit(repo.gitDir, ['diff', '--numstat', ...plain, between]),
  ]);
  const letters = statuses.toString().split('\0');
  const lines = counts.toString().split('\0').filter(Boolean);
  const files: PullFile[] = [];
  for (const [index, line] of lines.entries()) {
    const [added = '', deleted = '', filename = ''] = line.split('\t');
    const letter = letters[index * 2] ?? 'M';
    const [additions, deletions] = [Number(added) || 0, Number(deleted) || 0];
    const patch = added === '-' ? undefined : await patchOf(repo, between, filename);
    files.push({
      filename,
      status: letter === 'A' ? 'added' : letter === 'D' ? 'removed' : 'modified',
      additions,
      deletions,
      changes: additions + deletions,
      ...(patch !== undefined && { patch }),
    });
  }
  return files;
}

async function patchOf(repo: HostedRepo, between: string, filename: string): Promise<string> {
  const args = [
    'diff',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    between,
    '--',
    `:(literal)${filename}`,
  ];
  const whole = (await runGit(repo.gitDir, args)).toString('utf8');
  const start = whole.indexOf('\n@@');
  return start < 0 ? '' : whole.slice(start + 1).trimEnd();
}
