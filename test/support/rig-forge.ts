import { join } from 'node:path';
import { runGit } from '../../demo/emulator/run-git.ts';
import type { EmulatedGithub } from '../../demo/emulator/start-emulated-github.ts';

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly html_url: string;
  readonly state: string;
  readonly head: { readonly ref: string; readonly sha: string };
}

/** The emulated forge as its owner sees it. */
export interface RigForge {
  readonly github: EmulatedGithub;
  issue(repo: string, title: string, body?: string): Promise<number>;
  closeIssue(repo: string, issue: number): Promise<void>;
  reopenIssue(repo: string, issue: number): Promise<void>;
  closePull(repo: string, pull: number): Promise<void>;
  comments(repo: string, issue: number): Promise<string[]>;
  labels(repo: string, issue: number): Promise<string[]>;
  /** Open and closed ones. */
  pulls(repo: string): Promise<Pull[]>;
  /** Those of one issue, by its branch. */
  pullsOf(repo: string, issue: number): Promise<Pull[]>;
  branches(repo: string): Promise<string[]>;
  filesOf(repo: string, pull: Pull): Promise<string[]>;
}

export function openRigForge(github: EmulatedGithub, dir: string): RigForge {
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${github.apiUrl}/repos/${path}`, {
      method,
      headers: { authorization: `Bearer ${github.token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  }
  const gitDir = (repo: string): string => join(dir, `${repo}.git`);
  const pulls = async (repo: string): Promise<Pull[]> =>
    (await call('GET', `${repo}/pulls?state=all&per_page=100`)) as Pull[];
  const setState = async (repo: string, issue: number, state: string): Promise<void> =>
    void (await call('PATCH', `${repo}/issues/${issue}`, { state }));

  return {
    github,
    async issue(repo, title, body = 'Please.') {
      const [owner = '', name = ''] = repo.split('/');
      return (await github.createIssue({ owner, name, title, body })).number;
    },
    closeIssue: (repo, issue) => setState(repo, issue, 'closed'),
    reopenIssue: (repo, issue) => setState(repo, issue, 'open'),
    async closePull(repo, pull) {
      await call('PATCH', `${repo}/pulls/${pull}`, { state: 'closed' });
    },
    async comments(repo, issue) {
      const found = (await call('GET', `${repo}/issues/${issue}/comments?per_page=100`)) as { body: string }[];
      return found.map(({ body }) => body);
    },
    async labels(repo, issue) {
      const { labels } = (await call('GET', `${repo}/issues/${issue}`)) as { labels: { name: string }[] };
      return labels.map(({ name }) => name);
    },
    pulls,
    pullsOf: async (repo, issue) =>
      (await pulls(repo)).filter(({ head }) => head.ref.startsWith(`claude/issue-${issue}-`)),
    async branches(repo) {
      const listed = await runGit(gitDir(repo), ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/']);
      return listed.toString().split('\n').filter(Boolean);
    },
    async filesOf(repo, pull) {
      const listed = await runGit(gitDir(repo), ['ls-tree', '-r', '--name-only', '-z', pull.head.sha]);
      return listed.toString().split('\0').filter(Boolean);
    },
  };
}
