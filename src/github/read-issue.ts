import { z } from 'zod';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { ForgeIssue, ForgeRepo } from '../forge/forge.ts';
import type { GithubClient } from './client.ts';
import { CommentBody, IssueBody } from './github-bodies.ts';
import { readRepository } from './read-repository.ts';

const PER_PAGE = 100;
/** The newest comments are what still holds: at most three pages of them. */
const PAGES = 3;

/** Reads an issue that can be worked on, with its newest comments. */
export async function readIssue(
  client: GithubClient,
  target: { readonly repo: ForgeRepo; readonly number: number; readonly signal?: AbortSignal | undefined },
): Promise<ForgeIssue> {
  const issue = await fetchIssue(client, target);
  const name = `${target.repo.owner}/${target.repo.name}#${target.number}`;
  if (issue.pull_request !== undefined && issue.pull_request !== null) {
    throw new TypedError(FailureType.IssueIsPullRequest, `${name} is a pull request, not an issue.`, {
      hint: 'Give the number of the issue that it is for.',
    });
  }
  if (issue.number !== target.number) {
    throw new TypedError(FailureType.IssueNotFound, `${name} was moved to ${issue.html_url}.`, {
      hint: 'Start the task for the issue there.',
    });
  }
  if (issue.state !== 'open') {
    throw new TypedError(FailureType.IssueClosed, `${name} is closed.`, { hint: 'Reopen it to have it worked on.' });
  }
  const { comments, leftOut } = await fetchComments(client, { ...target, count: issue.comments });
  return {
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    url: issue.html_url,
    labels: issue.labels.flatMap((label) => (typeof label === 'string' ? [label] : label.name ? [label.name] : [])),
    comments: comments.map((comment) => ({ author: comment.user?.login ?? 'ghost', body: comment.body ?? '' })),
    commentsLeftOut: leftOut,
  };
}

async function fetchIssue(
  client: GithubClient,
  target: { readonly repo: ForgeRepo; readonly number: number; readonly signal?: AbortSignal | undefined },
): Promise<IssueBody> {
  try {
    const { data } = await client.send({
      route: 'GET /repos/{owner}/{repo}/issues/{issue_number}',
      params: { owner: target.repo.owner, repo: target.repo.name, issue_number: target.number },
      answer: IssueBody,
      signal: target.signal,
    });
    return data;
  } catch (error) {
    if (!(error instanceof TypedError) || error.type !== FailureType.RepositoryNotFound) throw error;
    // the same answer for both: the repository decides which of the two is missing
    await readRepository(client, target.repo, target.signal);
    throw new TypedError(
      FailureType.IssueNotFound,
      `${target.repo.owner}/${target.repo.name} has no issue #${target.number}.`,
      { hint: 'Check the number; issues may also be turned off for the repository.' },
    );
  }
}

async function fetchComments(
  client: GithubClient,
  target: {
    readonly repo: ForgeRepo;
    readonly number: number;
    readonly count: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<{ comments: CommentBody[]; leftOut: number }> {
  const last = Math.ceil(target.count / PER_PAGE);
  const first = Math.max(1, last - PAGES + 1);
  const pages = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  const answers = await Promise.all(
    pages.map((page) =>
      client.send({
        route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
        params: {
          owner: target.repo.owner,
          repo: target.repo.name,
          issue_number: target.number,
          per_page: PER_PAGE,
          page,
        },
        answer: z.array(CommentBody),
        signal: target.signal,
      }),
    ),
  );
  return { comments: answers.flatMap((answer) => answer.data), leftOut: (first - 1) * PER_PAGE };
}
