import { FailureType } from '../../src/domain/failure-type.ts';
import { TypedError } from '../../src/domain/typed-error.ts';
import type { Forge, ForgeIssue, ForgePullRequest } from '../../src/forge/forge.ts';

/** A forge of one repository in memory, with everything that was written to it in the open. */
export interface FakeForge extends Forge {
  readonly issues: Map<number, ForgeIssue>;
  readonly pulls: ForgePullRequest[];
  readonly comments: Map<string, string>;
  readonly stateLabels: Map<number, string>;
  readonly labels: Map<number, string[]>;
  canPush: boolean;
  archived: boolean;
}

export function createFakeForge(): FakeForge {
  const forge: FakeForge = {
    issues: new Map(),
    pulls: [],
    comments: new Map(),
    stateLabels: new Map(),
    labels: new Map(),
    canPush: true,
    archived: false,
    async readIssue(_repo, number) {
      const issue = forge.issues.get(number);
      if (issue) return issue;
      throw new TypedError(FailureType.IssueNotFound, `There is no issue #${number}.`);
    },
    async readRepository({ owner, name }) {
      if (name.startsWith('missing'))
        throw new TypedError(FailureType.RepositoryNotFound, `There is no ${owner}/${name}.`);
      return { owner, name, defaultBranch: 'main', archived: forge.archived, canPush: forge.canPush };
    },
    async findPullRequest({ head }) {
      const found = forge.pulls.filter((pull) => pull.head === head);
      return found.find((pull) => pull.state === 'open') ?? found.at(-1);
    },
    async findMarkedPullRequest({ headPrefix, marker }) {
      return forge.pulls.find(
        (pull) => pull.state === 'open' && pull.head.startsWith(headPrefix) && pull.body.includes(marker),
      );
    },
    async openPullRequest({ repo, head, title, body }) {
      const number = 100 + forge.pulls.length;
      const url = `https://github.com/${repo.owner}/${repo.name}/pull/${number}`;
      const pull: ForgePullRequest = { number, url, state: 'open', title, body, head, headSha: 'a'.repeat(40) };
      forge.pulls.push(pull);
      return pull;
    },
    async updatePullRequest({ number, title, body }) {
      const index = forge.pulls.findIndex((pull) => pull.number === number);
      forge.pulls[index] = { ...(forge.pulls[index] as ForgePullRequest), title, body };
    },
    async upsertComment({ issue, marker, body }) {
      forge.comments.set(`${issue} ${marker}`, body);
    },
    async setStateLabel({ issue, label }) {
      if (label) forge.stateLabels.set(issue, label.name);
      else forge.stateLabels.delete(issue);
    },
    async addLabels({ issue, labels }) {
      forge.labels.set(
        issue,
        labels.map(({ name }) => name),
      );
    },
    async ensureLabels() {
      return [];
    },
    async whoAmI() {
      return { login: 'fleet', scopes: null };
    },
  };
  return forge;
}
