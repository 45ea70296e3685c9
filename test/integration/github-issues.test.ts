import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { FailureType } from '../../src/domain/failure-type.ts';
import { PULL_REQUEST_LABEL, stateLabel } from '../../src/forge/state-label.ts';
import { createGithubForge } from '../../src/github/github-forge.ts';
import { place, repo, startGithubFixture, type GithubFixture } from '../support/github-fixture.ts';

let hub: GithubFixture;
beforeAll(async () => void (hub = await startGithubFixture()), 60_000);
afterAll(() => hub?.close());

describe('issues of the emulated GitHub through the real client', () => {
  it('reads an issue with its labels, whatever the case of the repository', async () => {
    const { number, url } = await hub.github.createIssue({
      ...repo,
      title: 'It leaks',
      body: 'See `index.js`',
      labels: ['api'],
    });

    const issue = await hub.forge.readIssue({ owner: 'ACME', name: 'widgets' }, number);

    expect(issue).toMatchObject({
      number,
      url,
      title: 'It leaks',
      body: 'See `index.js`',
      labels: ['api'],
      comments: [],
    });
    expect(url).toBe(`${hub.github.webUrl}/acme/Widgets/issues/${number}`);
  });

  it('reads more than a page of comments, the newest last', async () => {
    const { number } = await hub.github.createIssue({ ...repo, title: 'Long talk', body: '' });
    for (let index = 1; index <= 120; index += 1) {
      await hub.client.send({
        route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        params: { ...place, issue_number: number, body: `comment ${index}` },
        answer: z.unknown(),
      });
    }

    const issue = await hub.forge.readIssue(repo, number);

    expect(issue.comments).toHaveLength(120);
    expect(issue.comments.at(-1)).toEqual({ author: 'fleet', body: 'comment 120' });
    expect(issue.commentsLeftOut).toBe(0);
  });

  it('tells a missing issue from a missing repository', async () => {
    await expect(hub.forge.readIssue(repo, 9999)).rejects.toMatchObject({ type: FailureType.IssueNotFound });
    await expect(hub.forge.readIssue({ owner: 'acme', name: 'nothing' }, 1)).rejects.toMatchObject({
      type: FailureType.RepositoryNotFound,
    });
  });

  it('refuses a closed issue', async () => {
    const { number } = await hub.github.createIssue({ ...repo, title: 'Done', body: '' });
    await hub.client.send({
      route: 'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
      params: { ...place, issue_number: number, state: 'closed' },
      answer: z.unknown(),
    });

    await expect(hub.forge.readIssue(repo, number)).rejects.toMatchObject({ type: FailureType.IssueClosed });
  });

  it('keeps one comment of its own, also for another process and beside a forged one', async () => {
    const { number } = await hub.github.createIssue({ ...repo, title: 'Status', body: '' });
    const marker = '<!-- taskfleet:task:acme/widgets#7 -->';
    const stranger = hub.connect(hub.tokens.stranger);
    await stranger.send({
      route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      params: { ...place, issue_number: number, body: `forged ${marker}` },
      answer: z.unknown(),
    });
    await hub.forge.upsertComment({ repo, issue: number, marker, body: 'first' });

    await hub.forge.upsertComment({ repo, issue: number, marker, body: 'second' });
    await createGithubForge(hub.connect(hub.github.token)).upsertComment({
      repo,
      issue: number,
      marker,
      body: 'third',
    });

    const bodies = (await hub.forge.readIssue(repo, number)).comments.map((comment) => comment.body);
    expect(bodies).toEqual([`forged ${marker}`, `third\n\n${marker}`]);
  });

  it("keeps one state label of ours and people's own", async () => {
    const { number } = await hub.github.createIssue({ ...repo, title: 'Labels', body: '', labels: ['bug'] });
    await hub.forge.setStateLabel({ repo, issue: number, label: stateLabel('in-progress') });
    await hub.forge.setStateLabel({ repo, issue: number, label: stateLabel('testing') });
    await hub.forge.addLabels({ repo, issue: number, labels: [PULL_REQUEST_LABEL] });

    const { labels } = await hub.forge.readIssue(repo, number);
    await hub.forge.setStateLabel({ repo, issue: number, label: null });
    const after = await hub.forge.readIssue(repo, number);

    expect([...labels].sort()).toEqual(['bug', 'taskfleet', 'taskfleet:testing']);
    expect([...after.labels].sort()).toEqual(['bug', 'taskfleet']);
  });

  it('creates the labels that are missing, once', async () => {
    const labels = [stateLabel('merging'), stateLabel('deploying')];

    const created = await hub.forge.ensureLabels(repo, labels);
    const again = await createGithubForge(hub.connect(hub.github.token)).ensureLabels(repo, labels);

    expect(created).toEqual(['taskfleet:merging', 'taskfleet:deploying']);
    expect(again).toEqual([]);
  });
});
