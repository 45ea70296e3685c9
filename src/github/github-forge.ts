import type { Forge } from '../forge/forge.ts';
import type { GithubClient } from './client.ts';
import { createComments } from './comments.ts';
import { createIdentity } from './identity.ts';
import { createLabels } from './labels.ts';
import { createPullRequests } from './pull-requests.ts';
import { readIssue } from './read-issue.ts';
import { readRepository } from './read-repository.ts';

/** GitHub as a forge. */
export function createGithubForge(client: GithubClient): Forge {
  const whoAmI = createIdentity(client);
  return {
    whoAmI,
    readIssue: (repo, number, signal) => readIssue(client, { repo, number, signal }),
    readRepository: (repo, signal) => readRepository(client, repo, signal),
    ...createPullRequests(client),
    ...createComments(client, whoAmI),
    ...createLabels(client),
  };
}
