import { z } from 'zod';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { Forge, ForgeIdentity, ForgeRepo } from '../forge/forge.ts';
import type { GithubClient } from './client.ts';
import { CommentBody } from './github-bodies.ts';

/** How many comments are searched for ours. */
const SEARCHED = 3_000;

interface Place {
  readonly repo: ForgeRepo;
  readonly issue: number;
  readonly marker: string;
}

/** Keeps one comment per mark on an issue: found again, edited, never doubled. */
export function createComments(
  client: GithubClient,
  whoAmI: () => Promise<ForgeIdentity>,
): Pick<Forge, 'upsertComment'> {
  const known = new Map<string, number>();

  async function find(place: Place): Promise<number | undefined> {
    const { login } = await whoAmI();
    const { items } = await client.list({
      route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      params: { owner: place.repo.owner, repo: place.repo.name, issue_number: place.issue },
      item: CommentBody,
      cap: SEARCHED,
    });
    // anybody can write our mark into a comment of theirs: only an own one may be taken for ours
    const own = (comment: CommentBody): boolean =>
      login === null ? comment.user?.type === 'Bot' : comment.user?.login === login;
    return items.find((comment) => own(comment) && (comment.body ?? '').includes(place.marker))?.id;
  }

  async function edit(place: Place, id: number, body: string): Promise<'edited' | 'gone'> {
    try {
      await client.send({
        route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
        params: { owner: place.repo.owner, repo: place.repo.name, comment_id: id, body },
        answer: z.unknown(),
      });
      return 'edited';
    } catch (error) {
      if (error instanceof TypedError && error.type === FailureType.RepositoryNotFound) return 'gone';
      throw error;
    }
  }

  return {
    async upsertComment({ body, ...place }) {
      const key = `${place.repo.owner}/${place.repo.name}#${place.issue} ${place.marker}`.toLowerCase();
      const text = body.includes(place.marker) ? body : `${body}\n\n${place.marker}`;
      const id = known.get(key) ?? (await find(place));
      if (id !== undefined && (await edit(place, id, text)) === 'edited') {
        known.set(key, id);
        return;
      }
      const { data } = await client.send({
        route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        params: { owner: place.repo.owner, repo: place.repo.name, issue_number: place.issue, body: text },
        answer: CommentBody,
      });
      known.set(key, data.id);
    },
  };
}
