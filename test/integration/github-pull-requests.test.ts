import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { FailureType } from '../../src/domain/failure-type.ts';
import { place, repo, startGithubFixture, type GithubFixture } from '../support/github-fixture.ts';

let hub: GithubFixture;
beforeAll(async () => void (hub = await startGithubFixture()), 60_000);
afterAll(() => hub?.close());

describe('pull requests of the emulated GitHub through the real client', () => {
  it('mirrors a push, so that the pull request has the pushed commit, its files and its figures', async () => {
    const sha = await hub.commitOn('claude/issue-1-1', 'index.js', 'module.exports = 2;\n');
    await hub.push(hub.github.token, 'claude/issue-1-1');

    const pull = await hub.forge.openPullRequest({
      repo,
      head: 'claude/issue-1-1',
      base: 'main',
      title: 'fix: two',
      body: 'b',
    });

    const ref = await hub.client.send({
      route: 'GET /repos/{owner}/{repo}/git/ref/{ref}',
      params: { ...place, ref: 'heads/claude/issue-1-1' },
      answer: z.object({ object: z.object({ sha: z.string() }) }),
    });
    const files = await hub.client.send({
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
    await hub.commitOn('claude/issue-2-1', 'a.txt', 'a\n');
    await hub.push(hub.github.token, 'claude/issue-2-1');
    await hub.forge.openPullRequest({ repo, head: 'claude/issue-2-1', base: 'main', title: 'fix: a', body: '' });
    const second = await hub.commitOn('claude/issue-2-1', 'b.bin', Buffer.from([0, 200, 1]));
    await hub.push(hub.github.token, 'claude/issue-2-1');

    const found = await hub.forge.findPullRequest({ repo, head: 'claude/issue-2-1' });

    expect(found?.headSha).toBe(second);
  });

  it('opens one pull request for a branch, however often it is asked to', async () => {
    await hub.commitOn('claude/issue-3-1', 'c.txt', 'c\n');
    await hub.push(hub.github.token, 'claude/issue-3-1');
    const request = { repo, head: 'claude/issue-3-1', base: 'main', title: 'fix: c', body: '' };
    const first = await hub.forge.openPullRequest(request);

    const second = await hub.forge.openPullRequest(request);
    const raw = hub.client.send({
      route: 'POST /repos/{owner}/{repo}/pulls',
      params: { ...place, head: 'claude/issue-3-1', base: 'main', title: 'again', body: '' },
      answer: z.unknown(),
    });

    expect(second.number).toBe(first.number);
    await expect(raw).rejects.toMatchObject({ message: expect.stringContaining('already exists') });
  });

  it('refuses a pull request from a branch that is not there, or that adds nothing', async () => {
    const missing = hub.forge.openPullRequest({ repo, head: 'nowhere', base: 'main', title: 't', body: '' });
    await expect(missing).rejects.toMatchObject({
      type: FailureType.ForgeFailed,
      message: expect.stringContaining('head'),
    });

    await hub.push(hub.github.token, 'main:refs/heads/same');
    const same = hub.forge.openPullRequest({ repo, head: 'same', base: 'main', title: 't', body: '' });
    await expect(same).rejects.toMatchObject({ message: expect.stringContaining('No commits between') });
  });

  it('says that the number of a pull request is no issue', async () => {
    const pull = await hub.forge.findPullRequest({ repo, head: 'claude/issue-1-1' });

    const attempt = hub.forge.readIssue(repo, pull?.number ?? 0);

    await expect(attempt).rejects.toMatchObject({ type: FailureType.IssueIsPullRequest });
  });

  it('finds an open pull request by its mark', async () => {
    await hub.commitOn('claude/issue-44-1', 'd.txt', 'd\n');
    await hub.push(hub.github.token, 'claude/issue-44-1');
    const body = 'x\n<!-- taskfleet:task:a -->';
    await hub.forge.openPullRequest({ repo, head: 'claude/issue-44-1', base: 'main', title: 't', body });

    const query = { repo, headPrefix: 'claude/issue-44-' };
    const found = await hub.forge.findMarkedPullRequest({ ...query, marker: '<!-- taskfleet:task:a -->' });
    const other = await hub.forge.findMarkedPullRequest({ ...query, marker: '<!-- taskfleet:task:b -->' });

    expect(found?.head).toBe('claude/issue-44-1');
    expect(other).toBeUndefined();
  });

  it('shows a pull request with its diff, and nothing of the HTML that its text holds', async () => {
    await hub.commitOn('claude/issue-5-1', 'e.html', '<script>alert(1)</script>\n');
    await hub.push(hub.github.token, 'claude/issue-5-1');
    const body = 'Hello **you**\n\n<img src=x onerror=alert(1)>\n\n| a | b |\n| - | - |\n| `c` | d |';
    const pull = await hub.forge.openPullRequest({
      repo,
      head: 'claude/issue-5-1',
      base: 'main',
      title: '<b>t</b>',
      body,
    });

    const page = await (await fetch(pull.url)).text();

    expect(page).toContain('<strong>you</strong>');
    expect(page).toContain('<td><code>c</code></td>');
    expect(page).toContain('class="add">+&#60;script&#62;');
    expect(page).not.toMatch(/<script|<img|<b>/);
  });
});
