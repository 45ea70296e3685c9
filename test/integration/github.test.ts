import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmulatedGithub, type EmulatedGithub } from '../../demo/emulator/start-emulated-github.ts';
import { FailureType } from '../../src/domain/failure-type.ts';
import type { Forge } from '../../src/forge/forge.ts';
import { PULL_REQUEST_LABEL, stateLabel } from '../../src/forge/state-label.ts';
import { createGithub, type GithubClient } from '../../src/github/client.ts';
import { createGithubForge } from '../../src/github/github-forge.ts';
import { z } from 'zod';

const run = promisify(execFile);
const repo = { owner: 'acme', name: 'Widgets' };
const place = { owner: 'acme', repo: 'Widgets' };
const IDENTITY = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2026-01-02T03:04:05+0545',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_COMMITTER_DATE: '2026-01-02T03:04:05-0330',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

let dir: string;
let work: string;
let github: EmulatedGithub;
let client: GithubClient;
let forge: Forge;
let reader: Forge;

async function git(...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', work, ...args], { env: { ...process.env, ...IDENTITY } });
  return stdout.trim();
}

/** Git's credentials reach it in its environment, as the product does it. */
async function push(token: string, refspec: string): Promise<void> {
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const env = {
    ...process.env,
    ...IDENTITY,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
  await run('git', ['-C', work, 'push', '--quiet', '--force', `${github.gitUrl}/acme/Widgets.git`, refspec], { env });
}

async function commitOn(branch: string, file: string, content: string | Buffer): Promise<string> {
  await git('checkout', '--quiet', '-B', branch, 'main');
  await writeFile(join(work, file), content);
  await git('add', '-A');
  await git('commit', '--quiet', '-m', `Change ${file}\n\nTask: x\n`);
  return git('rev-parse', 'HEAD');
}

function connect(token: string): GithubClient {
  return createGithub({ token, apiUrl: github.apiUrl, userAgent: 'taskfleet-test' });
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'taskfleet-github-'));
  work = join(dir, 'work');
  await run('git', ['init', '--quiet', '-b', 'main', work]);
  await writeFile(join(work, 'index.js'), 'module.exports = 1;\n');
  await writeFile(join(work, 'empty.txt'), '');
  await writeFile(join(work, 'bytes.bin'), Buffer.from([0, 255, 128, 10]));
  await symlink('index.js', join(work, 'link.js'));
  await git('add', '-A');
  await git('commit', '--quiet', '-m', 'Begin');
  github = await startEmulatedGithub({
    dir: join(dir, 'hosting'),
    repos: [
      { ...repo, from: work },
      { owner: 'acme', name: 'empty' },
    ],
    users: [{ login: 'fleet' }, { login: 'visitor', rights: 'read' }, { login: 'stranger' }],
  });
  client = connect(github.token);
  forge = createGithubForge(client);
  reader = createGithubForge(connect(github.users[1]?.token ?? ''));
}, 60_000);

afterAll(async () => {
  await github?.close();
  await rm(dir, { recursive: true, force: true });
});

describe('the emulated GitHub through the real client', () => {
  it('reads an issue with its labels, whatever the case of the repository', async () => {
    const { number, url } = await github.createIssue({
      ...repo,
      title: 'It leaks',
      body: 'See `index.js`',
      labels: ['api'],
    });

    const issue = await forge.readIssue({ owner: 'ACME', name: 'widgets' }, number);

    expect(issue).toMatchObject({
      number,
      url,
      title: 'It leaks',
      body: 'See `index.js`',
      labels: ['api'],
      comments: [],
    });
    expect(url).toBe(`${github.webUrl}/acme/Widgets/issues/${number}`);
  });

  it('reads more than a page of comments, the newest last', async () => {
    const { number } = await github.createIssue({ ...repo, title: 'Long talk', body: '' });
    for (let index = 1; index <= 120; index += 1) {
      await client.send({
        route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        params: { ...place, issue_number: number, body: `comment ${index}` },
        answer: z.unknown(),
      });
    }

    const issue = await forge.readIssue(repo, number);

    expect(issue.comments).toHaveLength(120);
    expect(issue.comments.at(-1)).toEqual({ author: 'fleet', body: 'comment 120' });
    expect(issue.commentsLeftOut).toBe(0);
  });

  it('tells a missing issue from a missing repository', async () => {
    await expect(forge.readIssue(repo, 9999)).rejects.toMatchObject({ type: FailureType.IssueNotFound });
    await expect(forge.readIssue({ owner: 'acme', name: 'nothing' }, 1)).rejects.toMatchObject({
      type: FailureType.RepositoryNotFound,
    });
  });

  it('refuses a closed issue', async () => {
    const { number } = await github.createIssue({ ...repo, title: 'Done', body: '' });
    await client.send({
      route: 'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
      params: { ...place, issue_number: number, state: 'closed' },
      answer: z.unknown(),
    });

    await expect(forge.readIssue(repo, number)).rejects.toMatchObject({ type: FailureType.IssueClosed });
  });

  it('mirrors a push, so that the pull request has the pushed commit, its files and its figures', async () => {
    const sha = await commitOn('claude/issue-1-1', 'index.js', 'module.exports = 2;\n');
    await push(github.token, 'claude/issue-1-1');

    const pull = await forge.openPullRequest({
      repo,
      head: 'claude/issue-1-1',
      base: 'main',
      title: 'fix: two',
      body: 'b',
    });

    const ref = await client.send({
      route: 'GET /repos/{owner}/{repo}/git/ref/{ref}',
      params: { ...place, ref: 'heads/claude/issue-1-1' },
      answer: z.object({ object: z.object({ sha: z.string() }) }),
    });
    const files = await client.send({
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/files',
      params: { ...place, pull_number: pull.number },
      answer: z.array(z.object({ filename: z.string(), additions: z.int(), patch: z.string() })),
    });
    expect(pull).toMatchObject({ state: 'open', headSha: sha, head: 'claude/issue-1-1' });
    expect(ref.data.object.sha).toBe(sha);
    expect(files.data).toEqual([
      { filename: 'index.js', additions: 1, patch: expect.stringContaining('+module.exports = 2;') },
    ]);
  });

  it('lets the head of a pull request follow its branch', async () => {
    await commitOn('claude/issue-2-1', 'a.txt', 'a\n');
    await push(github.token, 'claude/issue-2-1');
    await forge.openPullRequest({ repo, head: 'claude/issue-2-1', base: 'main', title: 'fix: a', body: '' });
    const second = await commitOn('claude/issue-2-1', 'b.bin', Buffer.from([0, 200, 1]));
    await push(github.token, 'claude/issue-2-1');

    const found = await forge.findPullRequest({ repo, head: 'claude/issue-2-1' });

    expect(found?.headSha).toBe(second);
  });

  it('opens one pull request for a branch, however often it is asked to', async () => {
    await commitOn('claude/issue-3-1', 'c.txt', 'c\n');
    await push(github.token, 'claude/issue-3-1');
    const request = { repo, head: 'claude/issue-3-1', base: 'main', title: 'fix: c', body: '' };
    const first = await forge.openPullRequest(request);

    const second = await forge.openPullRequest(request);
    const raw = client.send({
      route: 'POST /repos/{owner}/{repo}/pulls',
      params: { ...place, head: 'claude/issue-3-1', base: 'main', title: 'again', body: '' },
      answer: z.unknown(),
    });

    expect(second.number).toBe(first.number);
    await expect(raw).rejects.toMatchObject({ message: expect.stringContaining('already exists') });
  });

  it('refuses a pull request from a branch that is not there, or that adds nothing', async () => {
    const missing = forge.openPullRequest({ repo, head: 'nowhere', base: 'main', title: 't', body: '' });
    await expect(missing).rejects.toMatchObject({
      type: FailureType.ForgeFailed,
      message: expect.stringContaining('head'),
    });

    await push(github.token, 'main:refs/heads/same');
    const same = forge.openPullRequest({ repo, head: 'same', base: 'main', title: 't', body: '' });
    await expect(same).rejects.toMatchObject({ message: expect.stringContaining('No commits between') });
  });

  it('says that the number of a pull request is no issue', async () => {
    const pull = await forge.findPullRequest({ repo, head: 'claude/issue-1-1' });

    const attempt = forge.readIssue(repo, pull?.number ?? 0);

    await expect(attempt).rejects.toMatchObject({ type: FailureType.IssueIsPullRequest });
  });

  it('finds an open pull request by its mark', async () => {
    await commitOn('claude/issue-44-1', 'd.txt', 'd\n');
    await push(github.token, 'claude/issue-44-1');
    const body = 'x\n<!-- taskfleet:task:a -->';
    await forge.openPullRequest({ repo, head: 'claude/issue-44-1', base: 'main', title: 't', body });

    const query = { repo, headPrefix: 'claude/issue-44-' };
    const found = await forge.findMarkedPullRequest({ ...query, marker: '<!-- taskfleet:task:a -->' });
    const other = await forge.findMarkedPullRequest({ ...query, marker: '<!-- taskfleet:task:b -->' });

    expect(found?.head).toBe('claude/issue-44-1');
    expect(other).toBeUndefined();
  });

  it('keeps one comment of its own, also for another process and beside a forged one', async () => {
    const { number } = await github.createIssue({ ...repo, title: 'Status', body: '' });
    const marker = '<!-- taskfleet:task:acme/widgets#7 -->';
    const stranger = connect(github.users[2]?.token ?? '');
    await stranger.send({
      route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      params: { ...place, issue_number: number, body: `forged ${marker}` },
      answer: z.unknown(),
    });
    await forge.upsertComment({ repo, issue: number, marker, body: 'first' });

    await forge.upsertComment({ repo, issue: number, marker, body: 'second' });
    await createGithubForge(connect(github.token)).upsertComment({ repo, issue: number, marker, body: 'third' });

    const bodies = (await forge.readIssue(repo, number)).comments.map((comment) => comment.body);
    expect(bodies).toEqual([`forged ${marker}`, `third\n\n${marker}`]);
  });

  it("keeps one state label of ours and people's own", async () => {
    const { number } = await github.createIssue({ ...repo, title: 'Labels', body: '', labels: ['bug'] });
    await forge.setStateLabel({ repo, issue: number, label: stateLabel('in-progress') });
    await forge.setStateLabel({ repo, issue: number, label: stateLabel('testing') });
    await forge.addLabels({ repo, issue: number, labels: [PULL_REQUEST_LABEL] });

    const { labels } = await forge.readIssue(repo, number);
    await forge.setStateLabel({ repo, issue: number, label: null });
    const after = await forge.readIssue(repo, number);

    expect([...labels].sort()).toEqual(['bug', 'taskfleet', 'taskfleet:testing']);
    expect([...after.labels].sort()).toEqual(['bug', 'taskfleet']);
  });

  it('creates the labels that are missing, once', async () => {
    const labels = [stateLabel('merging'), stateLabel('deploying')];

    const created = await forge.ensureLabels(repo, labels);
    const again = await createGithubForge(connect(github.token)).ensureLabels(repo, labels);

    expect(created).toEqual(['taskfleet:merging', 'taskfleet:deploying']);
    expect(again).toEqual([]);
  });

  it('names the right that a token lacks', async () => {
    const { number } = await github.createIssue({ ...repo, title: 'Rights', body: '' });

    const comment = reader.upsertComment({ repo, issue: number, marker: '<!-- m -->', body: 'x' });
    const pull = reader.openPullRequest({ repo, head: 'claude/issue-1-1', base: 'main', title: 't', body: '' });

    await expect(comment).rejects.toMatchObject({
      type: FailureType.AccessDenied,
      hint: 'Give the token the permission issues: write, or pull_requests: write.',
    });
    await expect(pull).rejects.toMatchObject({ type: FailureType.AccessDenied });
    expect((await reader.readRepository(repo)).canPush).toBe(false);
    expect((await forge.readRepository(repo)).canPush).toBe(true);
  });

  it('refuses a token that nobody has, for the API and for git', async () => {
    await expect(createGithubForge(connect('ghp_wrong')).whoAmI()).rejects.toMatchObject({
      type: FailureType.AccessDenied,
    });
    await expect(push('ghp_wrong', 'main:refs/heads/bad')).rejects.toThrow();
    await expect(push(github.users[1]?.token ?? '', 'main:refs/heads/bad')).rejects.toThrow('403');
  });

  it('knows whose token it is', async () => {
    expect(await forge.whoAmI()).toEqual({ login: 'fleet', scopes: null });
  });

  it('shows a pull request with its diff, and nothing of the HTML that its text holds', async () => {
    await commitOn('claude/issue-5-1', 'e.html', '<script>alert(1)</script>\n');
    await push(github.token, 'claude/issue-5-1');
    const body = 'Hello **you**\n\n<img src=x onerror=alert(1)>\n\n| a | b |\n| - | - |\n| `c` | d |';
    const pull = await forge.openPullRequest({ repo, head: 'claude/issue-5-1', base: 'main', title: '<b>t</b>', body });

    const page = await (await fetch(pull.url)).text();

    expect(page).toContain('<strong>you</strong>');
    expect(page).toContain('<td><code>c</code></td>');
    expect(page).toContain('class="add">+&#60;script&#62;');
    expect(page).not.toMatch(/<script|<img|<b>/);
  });

  it('hosts an empty repository', async () => {
    const read = await forge.readRepository({ owner: 'acme', name: 'empty' });

    expect(read).toMatchObject({ defaultBranch: 'main', archived: false });
  });
});
