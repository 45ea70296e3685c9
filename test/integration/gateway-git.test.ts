import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openGateway, TOKEN, type GatewayFixture } from '../support/gateway-fixture.ts';

// real processes, disks and sockets: how long they take depends on what else the machine does
jest.setTimeout(30_000);

const run = promisify(execFile);
const KEY = 'github.com/owner/repo';
const ENV = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

let gateway: GatewayFixture;
let work: string;
let mirror: string;

async function git(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await run('git', args, { env: { ...ENV, ...env }, maxBuffer: 50 * 1024 * 1024 });
  return stdout.trim();
}

/** The way a host does it: the token in git's environment, never in an argument. */
function withHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const all = Object.entries(headers);
  return {
    GIT_CONFIG_COUNT: String(all.length),
    ...Object.fromEntries(
      all.flatMap(([name, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, 'http.extraHeader'],
        [`GIT_CONFIG_VALUE_${index}`, `${name}: ${value}`],
      ]),
    ),
  };
}

async function commit(text: string): Promise<string> {
  await writeFile(join(work, 'file.txt'), text);
  await git(['-C', work, 'add', '-A']);
  await git(['-C', work, 'commit', '-qm', 'a change']);
  return git(['-C', work, 'rev-parse', 'HEAD']);
}

function rawStatus(path: string, options: { method?: string; body?: Buffer; headers?: Record<string, string> } = {}) {
  const { hostname, port } = new URL(gateway.url);
  const { method = 'GET', body, headers } = options;
  return new Promise<number>((resolve, reject) => {
    const all = { authorization: `Bearer ${TOKEN}`, ...headers };
    const request = httpRequest({ hostname, port, path, method, headers: all }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject).end(body);
  });
}

beforeEach(async () => {
  gateway = await openGateway();
  work = join(gateway.folder, 'work');
  mirror = join(gateway.gitRoot, `${KEY}.git`);
  await mkdir(dirname(mirror), { recursive: true });
  await git(['init', '-q', '-b', 'main', work]);
  await commit('one');
  await git(['clone', '-q', '--bare', work, mirror]);
});
afterEach(() => gateway.remove());

describe('git through the gateway', () => {
  it.each(['0', '1', '2'])('clones and fetches what is new, in protocol %s', async (version) => {
    const { url, headers } = gateway.client.gitRemote(KEY);
    const clone = join(gateway.folder, 'clone');
    const protocol = ['-c', `protocol.version=${version}`];
    await git([...protocol, 'clone', '-q', url, clone], withHeaders(headers));
    const sha = await commit('two');
    await git(['-C', work, 'push', '-q', mirror, 'main']);

    await git([...protocol, '-C', clone, 'fetch', '-q', 'origin'], withHeaders(headers));

    expect(await git(['-C', clone, 'rev-parse', 'origin/main'])).toBe(sha);
    await git(['-C', clone, 'fsck', '--strict']);
  });

  it('serves two processes at once from a large history, whose negotiation git packs', async () => {
    const commits = Array.from({ length: 3000 }, (_, n) =>
      [
        ...['commit refs/heads/long', `committer a <a@example.com> ${1700000000 + n} +0000`, 'data 1', 'x'],
        ...['M 100644 inline f', `data ${String(n).length}`, String(n), ''],
      ].join('\n'),
    );
    const feeding = execFile('git', ['-C', mirror, 'fast-import', '--quiet'], { env: ENV });
    feeding.stdin?.end(`${commits.join('\n')}\n`);
    await new Promise((resolve) => feeding.once('close', resolve));
    const { url, headers } = gateway.client.gitRemote(KEY);

    const heads = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const clone = join(gateway.folder, name);
        await git(['clone', '-q', '--no-tags', url, clone], withHeaders(headers));
        // a history of its own that the server does not know makes the client offer many commits
        for (let n = 0; n < 40; n += 1) {
          await git(['-C', clone, 'commit', '-q', '--allow-empty', '-m', `${name} ${n}`]);
        }
        return clone;
      }),
    );
    const sha = await commit('three');
    await git(['-C', work, 'push', '-q', '-f', mirror, 'main']);
    await Promise.all(heads.map((clone) => git(['-C', clone, 'fetch', '-q', 'origin'], withHeaders(headers))));

    for (const clone of heads) {
      expect(await git(['-C', clone, 'rev-parse', 'origin/main'])).toBe(sha);
      expect(await git(['-C', clone, 'rev-list', '--count', 'origin/long'])).toBe('3000');
    }
  });

  it('gives a commit by its id when no branch stands there any more', async () => {
    const base = await git(['-C', work, 'rev-parse', 'HEAD']);
    await commit('two');
    await git(['-C', work, 'push', '-q', mirror, 'main']);
    const { url, headers } = gateway.client.gitRemote(KEY);
    const clone = join(gateway.folder, 'clone');
    await git(['init', '-q', '--bare', clone]);

    for (const version of ['0', '2']) {
      const target = `refs/heads/base-${version}`;
      await git(
        ['-c', `protocol.version=${version}`, '-C', clone, 'fetch', '-q', url, `${base}:${target}`],
        withHeaders(headers),
      );

      expect(await git(['-C', clone, 'rev-parse', target])).toBe(base);
    }
  });

  it('does not show the hidden refs of tasks', async () => {
    await git(['-C', mirror, 'update-ref', 'refs/taskfleet/t-1/checkpoint', 'HEAD']);
    const { url, headers } = gateway.client.gitRemote(KEY);

    for (const version of ['0', '2']) {
      const refs = await git(['-c', `protocol.version=${version}`, 'ls-remote', url], withHeaders(headers));

      expect(refs).toContain('refs/heads/main');
      expect(refs).not.toContain('taskfleet');
    }
  });

  it('lets nobody in without the token', async () => {
    const { url } = gateway.client.gitRemote(KEY);

    await expect(git(['ls-remote', url])).rejects.toThrow(/could not read Username|Authentication failed/);
  });

  it('takes no push', async () => {
    const { url, headers } = gateway.client.gitRemote(KEY);
    const before = await git(['-C', mirror, 'rev-parse', 'main']);
    await commit('mine');

    await expect(git(['-C', work, 'push', '-q', url, 'HEAD:main'], withHeaders(headers))).rejects.toThrow(/403/);

    expect(await rawStatus(`/v1/git/${KEY}.git/git-receive-pack`, { method: 'POST' })).toBe(403);
    expect(await git(['-C', mirror, 'rev-parse', 'main'])).toBe(before);
  });

  it('is deaf to what a mirror is configured to do', async () => {
    const mark = join(gateway.folder, 'mark');
    await git(['-C', mirror, 'config', 'uploadpack.packObjectsHook', `touch ${mark}; git`]);
    await git(['-C', mirror, 'config', 'uploadpack.hideRefs', '!refs/taskfleet']);
    const { url, headers } = gateway.client.gitRemote(KEY);

    await git(['-C', mirror, 'update-ref', 'refs/taskfleet/t-1/checkpoint', 'HEAD']);
    await git(['clone', '-q', url, join(gateway.folder, 'clone')], withHeaders(headers));

    expect(await git(['ls-remote', url], withHeaders(headers))).not.toContain('taskfleet');
    await expect(run('ls', [mark])).rejects.toThrow();
  });

  it('names nothing outside the mirrors', async () => {
    await git(['clone', '-q', '--bare', work, join(gateway.folder, 'outside.git')]);
    await symlink(join(gateway.folder, 'outside.git'), join(gateway.gitRoot, 'link.git'));
    const query = 'info/refs?service=git-upload-pack';
    const paths = [
      `/v1/git/../outside.git/${query}`,
      `/v1/git/..%2Foutside.git/${query}`,
      `/v1/git/%2e%2e/outside.git/${query}`,
      `/v1/git/github.com/%2e%2e/%2e%2e/outside.git/${query}`,
      `/v1/git//${gateway.folder}/outside.git/${query}`,
      `/v1/git/link.git/${query}`,
      `/v1/git/${KEY}.git/../../../../outside.git/${query}`,
      `/v1/git/-x.git/${query}`,
      `/v1/git/github.com/nobody/nothing.git/${query}`,
      `/v1/git/${KEY}.git/HEAD`,
      `/v1/git/${KEY}.git/objects/info/packs`,
    ];

    const statuses = await Promise.all(paths.map((path) => rawStatus(path)));

    expect(statuses).toEqual(paths.map(() => 404));
    expect(await rawStatus(`/v1/git/${KEY}.git/info/refs`)).toBe(403);
  });

  it('refuses a packed body that is none, or that unpacks to too much', async () => {
    const path = `/v1/git/${KEY}.git/git-upload-pack`;
    const post = (body: Buffer, encoding: string) =>
      rawStatus(path, { method: 'POST', body, headers: { 'content-encoding': encoding } });

    expect(await post(Buffer.from('no gzip'), 'gzip')).toBe(400);
    expect(await post(gzipSync(Buffer.alloc(17 * 1024 * 1024)), 'gzip')).toBe(413);
    expect(await post(Buffer.from('x'), 'br')).toBe(415);
  });
});
