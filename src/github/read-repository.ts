import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { ForgeRepo, ForgeRepository } from '../forge/forge.ts';
import type { GithubClient } from './client.ts';
import { RepositoryBody } from './github-bodies.ts';

/** Reads what taskfleet must know of a repository; throws RepositoryNotFound where the token sees none. */
export async function readRepository(
  client: GithubClient,
  repo: ForgeRepo,
  signal?: AbortSignal,
): Promise<ForgeRepository> {
  try {
    const { data } = await client.send({
      route: 'GET /repos/{owner}/{repo}',
      params: { owner: repo.owner, repo: repo.name },
      answer: RepositoryBody,
      signal,
    });
    return {
      owner: data.owner.login,
      name: data.name,
      defaultBranch: data.default_branch,
      archived: data.archived,
      canPush: data.permissions?.push ?? null,
    };
  } catch (error) {
    if (!(error instanceof TypedError) || error.type !== FailureType.RepositoryNotFound) throw error;
    throw new TypedError(FailureType.RepositoryNotFound, `There is no repository ${repo.owner}/${repo.name}.`, {
      hint: 'Check owner and name; a private repository looks the same to a token that may not see it.',
    });
  }
}
