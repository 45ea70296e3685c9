import { z } from 'zod';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { Forge, ForgeLabel, ForgeRepo } from '../forge/forge.ts';
import { STATE_LABEL_PREFIX } from '../forge/state-label.ts';
import type { GithubClient } from './client.ts';
import { LabelBody } from './github-bodies.ts';

/** Creates labels and keeps one state label per issue. */
export function createLabels(client: GithubClient): Pick<Forge, 'ensureLabels' | 'setStateLabel' | 'addLabels'> {
  const known = new Set<string>();

  async function ensureLabel(repo: ForgeRepo, label: ForgeLabel): Promise<boolean> {
    const key = `${repo.owner}/${repo.name} ${label.name}`.toLowerCase();
    if (known.has(key)) return false;
    const created = !(await labelExists(client, repo, label.name)) && (await createLabel(client, repo, label));
    known.add(key);
    return created;
  }

  async function addLabels(request: {
    readonly repo: ForgeRepo;
    readonly issue: number;
    readonly labels: readonly ForgeLabel[];
  }): Promise<void> {
    for (const label of request.labels) await ensureLabel(request.repo, label);
    await client.send({
      route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
      params: { ...place(request.repo), issue_number: request.issue, labels: request.labels.map(({ name }) => name) },
      answer: z.unknown(),
    });
  }

  return {
    addLabels,
    async ensureLabels(repo, labels) {
      const created: string[] = [];
      for (const label of labels) if (await ensureLabel(repo, label)) created.push(label.name);
      return created;
    },
    async setStateLabel({ repo, issue, label }) {
      const { data } = await client.send({
        route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/labels',
        params: { ...place(repo), issue_number: issue, per_page: 100 },
        answer: z.array(LabelBody),
      });
      const ours = data.map(({ name }) => name).filter((name) => name.startsWith(STATE_LABEL_PREFIX));
      for (const name of ours) if (name !== label?.name) await removeLabel(client, { repo, issue, name });
      if (label && !ours.includes(label.name)) await addLabels({ repo, issue, labels: [label] });
    },
  };
}

async function labelExists(client: GithubClient, repo: ForgeRepo, name: string): Promise<boolean> {
  return wasThere(
    client.send({
      route: 'GET /repos/{owner}/{repo}/labels/{name}',
      params: { ...place(repo), name },
      answer: LabelBody,
    }),
  );
}

/** Resolves to whether it was this call that made it. */
async function createLabel(client: GithubClient, repo: ForgeRepo, label: ForgeLabel): Promise<boolean> {
  try {
    await client.send({
      route: 'POST /repos/{owner}/{repo}/labels',
      params: { ...place(repo), name: label.name, color: label.colour, description: label.description },
      answer: z.unknown(),
    });
    return true;
  } catch (error) {
    // another task was faster
    if (await labelExists(client, repo, label.name)) return false;
    throw error;
  }
}

async function removeLabel(
  client: GithubClient,
  target: { readonly repo: ForgeRepo; readonly issue: number; readonly name: string },
): Promise<void> {
  await wasThere(
    client.send({
      route: 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}',
      params: { ...place(target.repo), issue_number: target.issue, name: target.name },
      answer: z.unknown(),
    }),
  );
}

/** Whether the thing was there; any other failure is thrown on. */
async function wasThere(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof TypedError && error.type === FailureType.RepositoryNotFound) return false;
    throw error;
  }
}

function place(repo: ForgeRepo): { owner: string; repo: string } {
  return { owner: repo.owner, repo: repo.name };
}
