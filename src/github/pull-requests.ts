import { z } from 'zod';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { Forge, ForgePullRequest, ForgeRepo } from '../forge/forge.ts';
import type { GithubClient } from './client.ts';
import { PullBody } from './github-bodies.ts';

/** How many open pull requests are searched for a mark. */
const SEARCHED = 500;

type PullRequests = Pick<Forge, 'findPullRequest' | 'findMarkedPullRequest' | 'openPullRequest' | 'updatePullRequest'>;

/** Finds, opens and edits pull requests within one repository. */
export function createPullRequests(client: GithubClient): PullRequests {
  async function findPullRequest(query: {
    readonly repo: ForgeRepo;
    readonly head: string;
    readonly base?: string;
  }): Promise<ForgePullRequest | undefined> {
    const { data } = await client.send({
      route: 'GET /repos/{owner}/{repo}/pulls',
      params: {
        ...place(query.repo),
        state: 'all',
        head: `${query.repo.owner}:${query.head}`,
        ...(query.base !== undefined && { base: query.base }),
        sort: 'created',
        direction: 'desc',
        per_page: 100,
      },
      answer: z.array(PullBody),
    });
    // GitHub ignores a head filter that it cannot read and then answers with all
    const ours = data.filter((pull) => pull.head.ref === query.head && isInside(pull)).map(toPullRequest);
    return ours.find((pull) => pull.state === 'open') ?? ours[0];
  }

  return {
    findPullRequest,
    async findMarkedPullRequest({ repo, headPrefix, marker }) {
      const { items } = await client.list({
        route: 'GET /repos/{owner}/{repo}/pulls',
        params: { ...place(repo), state: 'open', sort: 'created', direction: 'desc' },
        item: PullBody,
        cap: SEARCHED,
      });
      const found = items.find(
        (pull) => isInside(pull) && pull.head.ref.startsWith(headPrefix) && (pull.body ?? '').includes(marker),
      );
      return found && toPullRequest(found);
    },
    async openPullRequest({ repo, ...pull }) {
      try {
        const { data } = await client.send({
          route: 'POST /repos/{owner}/{repo}/pulls',
          params: { ...place(repo), ...pull, draft: false, maintainer_can_modify: true },
          answer: PullBody,
        });
        return toPullRequest(data);
      } catch (error) {
        if (!mayHaveHappened(error)) throw error;
        // the answer was lost or says that it is there already: what the branch shows decides, not the answer
        const found = await findPullRequest({ repo, head: pull.head, base: pull.base }).catch(() => undefined);
        if (found?.state === 'open') return found;
        throw error;
      }
    },
    async updatePullRequest({ repo, number, title, body }) {
      await client.send({
        route: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
        params: { ...place(repo), pull_number: number, title, body },
        answer: z.unknown(),
      });
    },
  };
}

function mayHaveHappened(error: unknown): boolean {
  return error instanceof TypedError && (error.type === FailureType.ForgeFailed || error.type === FailureType.Network);
}

/** Whether head and base are branches of one repository: a fork can carry a branch of the same name. */
function isInside(pull: PullBody): boolean {
  return pull.head.repo?.full_name.toLowerCase() === pull.base.repo?.full_name.toLowerCase();
}

function toPullRequest(pull: PullBody): ForgePullRequest {
  return {
    number: pull.number,
    url: pull.html_url,
    state: pull.merged_at ? 'merged' : pull.state === 'open' ? 'open' : 'closed',
    title: pull.title,
    body: pull.body ?? '',
    head: pull.head.ref,
    headSha: pull.head.sha,
  };
}

function place(repo: ForgeRepo): { owner: string; repo: string } {
  return { owner: repo.owner, repo: repo.name };
}
