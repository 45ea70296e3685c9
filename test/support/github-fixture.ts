import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmulatedGithub, type EmulatedGithub } from '../../demo/emulator/start-emulated-github.ts';
import type { Forge } from '../../src/forge/forge.ts';
import { createGithub, type GithubClient } from '../../src/github/client.ts';
import { createGithubForge } from '../../src/github/github-forge.ts';

const run = promisify(execFile);
const IDENTITY = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2026-01-02T03:04:05+0545',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_COMMITTER_DATE: '2026-01-02T03:04:05-0330',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

/** The repository that the emulated GitHub hosts, and the same as its API calls it. */
export const repo = { owner: 'acme', name: 'Widgets' };
export const place = { owner: 'acme', repo: 'Widgets' };

/** An emulated GitHub with two repositories, a working copy of the first, and who may do what to it. */
export interface GithubFixture {
  readonly github: EmulatedGithub;
  readonly client: GithubClient;
  /** By a token that may do everything. */
  readonly forge: Forge;
  connect(token: string): GithubClient;
  /** Of the visitor, who may only read, and of a stranger, whose comments are not ours. */
  readonly tokens: { readonly visitor: string; readonly stranger: string };
  commitOn(branch: string, file: string, content: string | Buffer): Promise<string>;
  push(token: string, refspec: string): Promise<void>;
  close(): Promise<void>;
}

export async function startGithubFixture(): Promise<GithubFixture> {
  const dir = await mkdtemp(join(tmpdir(), 'taskfleet-github-'));
  const work = join(dir, 'work');
  await makeRepository(work);
  const github = await startEmulatedGithub({
    dir: join(dir, 'hosting'),
    repos: [
      { ...repo, from: work },
      { owner: 'acme', name: 'empty' },
    ],
    users: [{ login: 'fleet' }, { login: 'visitor', rights: 'read' }, { login: 'stranger' }],
  });
  const connect = (token: string): GithubClient =>
    createGithub({ token, apiUrl: github.apiUrl, userAgent: 'taskfleet-test' });
  const client = connect(github.token);
  return {
    github,
    client,
    forge: createGithubForge(client),
    connect,
    tokens: { visitor: github.users[1]?.token ?? '', stranger: github.users[2]?.token ?? '' },
    commitOn: (branch, file, content) => commitOn(work, { branch, file, content }),
    push: (token, refspec) => push({ work, url: `${github.gitUrl}/acme/Widgets.git`, token, refspec }),
    async close() {
      await github.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function makeRepository(work: string): Promise<void> {
  await run('git', ['init', '--quiet', '-b', 'main', work]);
  await writeFile(join(work, 'index.js'), 'module.exports = 1;\n');
  await writeFile(join(work, 'empty.txt'), '');
  await writeFile(join(work, 'bytes.bin'), Buffer.from([0, 255, 128, 10]));
  await symlink('index.js', join(work, 'link.js'));
  await git(work, 'add', '-A');
  await git(work, 'commit', '--quiet', '-m', 'Begin');
}

async function commitOn(
  work: string,
  { branch, file, content }: { readonly branch: string; readonly file: string; readonly content: string | Buffer },
): Promise<string> {
  await git(work, 'checkout', '--quiet', '-B', branch, 'main');
  await writeFile(join(work, file), content);
  await git(work, 'add', '-A');
  await git(work, 'commit', '--quiet', '-m', `Change ${file}\n\nTask: x\n`);
  return git(work, 'rev-parse', 'HEAD');
}

/** Git's credentials reach it in its environment, as the product does it. */
async function push(how: {
  readonly work: string;
  readonly url: string;
  readonly token: string;
  readonly refspec: string;
}): Promise<void> {
  const basic = Buffer.from(`x-access-token:${how.token}`).toString('base64');
  const env = {
    ...process.env,
    ...IDENTITY,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
  await run('git', ['-C', how.work, 'push', '--quiet', '--force', how.url, how.refspec], { env });
}

async function git(work: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', work, ...args], { env: { ...process.env, ...IDENTITY } });
  return stdout.trim();
}
