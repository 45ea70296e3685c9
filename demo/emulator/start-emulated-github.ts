import { createEmulator } from 'emulate';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EmulatedUser } from './accounts.ts';
import { createEmulatorApi, ownerTokens } from './emulator-api.ts';
import { createFrontDoor } from './front-door.ts';
import { freePort } from './free-port.ts';
import { hostRepo, type HostedRepo, type RepoSeed } from './hosted-repo.ts';
import { createPushMirror } from './mirror-push.ts';

export interface EmulatedGithubOptions {
  /** Where the bare repositories are made: an empty folder. */
  readonly dir: string;
  readonly repos: readonly RepoSeed[];
  /** Default: one user `taskfleet` who may write. A token is made where none is given. */
  readonly users?: readonly { readonly login: string; readonly token?: string; readonly rights?: 'write' | 'read' }[];
  /** Default: any free one. */
  readonly port?: number;
}

export interface NewIssue {
  readonly owner: string;
  readonly name: string;
  readonly title: string;
  readonly body: string;
  readonly labels?: readonly string[];
}

export interface EmulatedGithub {
  /** REST, as on GitHub Enterprise: `…/api/v3`. */
  readonly apiUrl: string;
  /** Pages to look at issues and pull requests. */
  readonly webUrl: string;
  /** Base of clone URLs. */
  readonly gitUrl: string;
  /** Of the first user who may write. */
  readonly token: string;
  readonly users: readonly EmulatedUser[];
  /** What was asked of it so far, such as `POST /api/v3/repos/acme/tiny/pulls`. */
  readonly requests: readonly string[];
  /** Files an issue in the owner's name. */
  createIssue(issue: NewIssue): Promise<{ readonly number: number; readonly url: string }>;
  close(): Promise<void>;
}

/**
 * A GitHub of one's own on this machine: `emulate` behind a front door that serves git over HTTP, web pages, and what the emulator lacks.
 */
export async function startEmulatedGithub(options: EmulatedGithubOptions): Promise<EmulatedGithub> {
  const users = (options.users ?? [{ login: 'taskfleet' }]).map((user) => ({
    login: user.login,
    token: user.token ?? `ghp_${randomBytes(18).toString('hex')}`,
    rights: user.rights ?? ('write' as const),
  }));
  const hosted: HostedRepo[] = [];
  for (const seed of options.repos) hosted.push(await hostRepo(options.dir, seed));

  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const webUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const emulatorPort = await freePort();
  const emulator = await createEmulator({
    service: 'github',
    port: emulatorPort,
    baseUrl: webUrl,
    seed: seedOf(options.repos, { hosted, users }),
  });
  const emulatorUrl = `http://127.0.0.1:${emulatorPort}`;
  const api = createEmulatorApi(emulatorUrl);
  const mirror = createPushMirror(api);
  const requests: string[] = [];
  server.on('request', ({ method = '', url = '' }) => requests.push(`${method} ${url}`));
  server.on('request', createFrontDoor({ emulatorUrl, webUrl, users, hosted, api, mirror }));
  for (const repo of hosted) {
    for (const user of users) {
      if (user.login === repo.owner) continue;
      const permission = user.rights === 'write' ? 'push' : 'pull';
      await api.call(repo.owner, 'PUT', `/repos/${repo.owner}/${repo.name}/collaborators/${user.login}`, {
        permission,
      });
    }
    await mirror.sync(repo);
  }

  return {
    apiUrl: `${webUrl}/api/v3`,
    webUrl,
    gitUrl: webUrl,
    token: users.find((user) => user.rights === 'write')?.token ?? '',
    users,
    requests,
    async createIssue({ owner, name, ...issue }) {
      const made = (await api.call(owner, 'POST', `/repos/${owner}/${name}/issues`, issue)) as {
        number: number;
        html_url: string;
      };
      return { number: made.number, url: made.html_url };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await emulator.close();
    },
  };
}

function seedOf(
  seeds: readonly RepoSeed[],
  more: { readonly hosted: readonly HostedRepo[]; readonly users: readonly EmulatedUser[] },
): { tokens: Record<string, { login: string }>; github: unknown } {
  const owners = [...new Set(seeds.map(({ owner }) => owner))];
  const tokens = [
    ...more.users.map((user) => [user.token, { login: user.login }] as const),
    ...owners.flatMap((owner) => ownerTokens(owner).map((token) => [token, { login: owner }] as const)),
  ];
  return {
    tokens: Object.fromEntries(tokens),
    github: {
      users: [...new Set([...owners, ...more.users.map(({ login }) => login)])].map((login) => ({ login })),
      repos: seeds.map((seed, index) => ({
        owner: seed.owner,
        name: seed.name,
        private: seed.private ?? false,
        description: seed.description,
        default_branch: more.hosted[index]?.defaultBranch ?? 'main',
        auto_init: false,
      })),
    },
  };
}
