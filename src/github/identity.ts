import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { ForgeIdentity } from '../forge/forge.ts';
import type { GithubClient } from './client.ts';
import { UserBody } from './github-bodies.ts';

/** Asks once whose token it is. An app's installation token has no user: GitHub refuses that question with 403. */
export function createIdentity(client: GithubClient): () => Promise<ForgeIdentity> {
  let asked: Promise<ForgeIdentity> | undefined;
  return () => {
    asked ??= ask(client).catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
}

async function ask(client: GithubClient): Promise<ForgeIdentity> {
  try {
    const { data, headers } = await client.send({ route: 'GET /user', answer: UserBody });
    const scopes = headers['x-oauth-scopes'];
    return { login: data.login, scopes: scopes === undefined ? null : scopes.split(',').map((one) => one.trim()) };
  } catch (error) {
    if (error instanceof TypedError && /not accessible by integration/i.test(error.message)) {
      return { login: null, scopes: null };
    }
    if (error instanceof TypedError && error.type === FailureType.RepositoryNotFound) {
      throw new TypedError(FailureType.ConfigError, 'There is no GitHub REST API at the address in github.apiUrl.', {
        hint: 'For GitHub Enterprise it ends in /api/v3.',
      });
    }
    throw error;
  }
}
