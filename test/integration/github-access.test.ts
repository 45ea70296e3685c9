import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FailureType } from '../../src/domain/failure-type.ts';
import { createGithubForge } from '../../src/github/github-forge.ts';
import { repo, startGithubFixture, type GithubFixture } from '../support/github-fixture.ts';

let hub: GithubFixture;
beforeAll(async () => void (hub = await startGithubFixture()), 60_000);
afterAll(() => hub?.close());

describe('access to the emulated GitHub through the real client', () => {
  it('names the right that a token lacks', async () => {
    const { number } = await hub.github.createIssue({ ...repo, title: 'Rights', body: '' });
    await hub.commitOn('claude/issue-1-1', 'a.txt', 'a\n');
    await hub.push(hub.github.token, 'claude/issue-1-1');
    const reader = createGithubForge(hub.connect(hub.tokens.visitor));

    const comment = reader.upsertComment({ repo, issue: number, marker: '<!-- m -->', body: 'x' });
    const pull = reader.openPullRequest({ repo, head: 'claude/issue-1-1', base: 'main', title: 't', body: '' });

    await expect(comment).rejects.toMatchObject({
      type: FailureType.AccessDenied,
      hint: 'Give the token the permission issues: write, or pull_requests: write.',
    });
    await expect(pull).rejects.toMatchObject({ type: FailureType.AccessDenied });
    expect((await reader.readRepository(repo)).canPush).toBe(false);
    expect((await hub.forge.readRepository(repo)).canPush).toBe(true);
  });

  it('refuses a token that nobody has, for the API and for git', async () => {
    await expect(createGithubForge(hub.connect('ghp_wrong')).whoAmI()).rejects.toMatchObject({
      type: FailureType.AccessDenied,
    });
    await expect(hub.push('ghp_wrong', 'main:refs/heads/bad')).rejects.toThrow();
    await expect(hub.push(hub.tokens.visitor, 'main:refs/heads/bad')).rejects.toThrow('403');
  });

  it('knows whose token it is', async () => {
    expect(await hub.forge.whoAmI()).toEqual({ login: 'fleet', scopes: null });
  });

  it('hosts an empty repository', async () => {
    const read = await hub.forge.readRepository({ owner: 'acme', name: 'empty' });

    expect(read).toMatchObject({ defaultBranch: 'main', archived: false });
  });
});
