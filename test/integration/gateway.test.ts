import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { digestOf } from '../../src/artifacts/artifact-digest.ts';
import type { HostReport } from '../../src/contract/host-report.ts';
import { openGateway, TOKEN, type GatewayFixture } from '../support/gateway-fixture.ts';

// real processes, disks and sockets: how long they take depends on what else the machine does
jest.setTimeout(30_000);

const ID = 'task:github.com/owner/repo#12';
const ENCODED = encodeURIComponent(ID);
const RUN = { id: ID, runId: 'run-1', generation: 1, repo: 'github.com/owner/repo', issue: 12, source: 'cli' };
const END = { state: 'completed', reason: 'done', costUsd: 0.5, turns: 7 } as const;
const REPORT: HostReport = {
  hostId: 'host-1',
  hostname: 'one.example',
  pid: 42,
  version: '0.1.0',
  specialties: ['backend'],
  slots: 2,
  used: 1,
  tasks: [ID],
  freeDiskMb: 1000,
  freeMemoryMb: 500,
};
const NOBODY = 'a'.repeat(64);

let gateway: GatewayFixture;

beforeEach(async () => {
  gateway = await openGateway({ maxArtifactBytes: 4 * 1024 * 1024 });
});
afterEach(() => gateway.remove());

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${gateway.url}${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Sends the path as it stands: `fetch` would tidy it up. */
function rawStatus(path: string): Promise<number> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, headers: { authorization: `Bearer ${TOKEN}` } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject).end();
  });
}

describe('the door', () => {
  const routes: [string, string][] = [
    ['PUT', `/v1/artifacts/${NOBODY}`],
    ['GET', `/v1/artifacts/${NOBODY}`],
    ['POST', `/v1/tasks/${ENCODED}/log`],
    ['GET', `/v1/tasks/${ENCODED}/log`],
    ['GET', `/v1/tasks/${ENCODED}/log?follow=1`],
    ['GET', '/v1/tasks'],
    ['GET', `/v1/tasks/${ENCODED}`],
    ['POST', '/v1/hosts'],
    ['GET', '/v1/hosts'],
    ['GET', '/v1/estimate'],
    ['GET', '/v1/git/github.com/owner/repo.git/info/refs?service=git-upload-pack'],
    ['POST', '/v1/git/github.com/owner/repo.git/git-upload-pack'],
    ['GET', '/nothing-here'],
  ];
  const credentials: Record<string, string> = {
    none: '',
    wrong: 'Bearer another-token-altogether',
    'nearly right': `Bearer ${TOKEN}x`,
    'of another scheme': `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}`,
    empty: 'Bearer ',
  };
  it.each(routes)('stays shut for %s %s without the token', async (method, path) => {
    for (const authorization of Object.values(credentials)) {
      const response = await fetch(`${gateway.url}${path}`, {
        method,
        headers: authorization ? { authorization } : {},
      });

      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject({
        failure: 'AccessDenied',
        hint: expect.stringContaining('gateway.token'),
      });
    }
  });

  it('lets probes in without it', async () => {
    expect(await (await fetch(`${gateway.url}/health`)).json()).toEqual({ status: 'ok', version: '0.1.0-test' });
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);

    gateway.ledger.close();

    expect((await fetch(`${gateway.url}/health`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(503);
    gateway.ledger.close = () => undefined;
  });

  it('says that there is no such route', async () => {
    const response = await call('/v1/nothing');

    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  it('lists all mistakes at once', async () => {
    const body = JSON.stringify({ ...REPORT, hostId: 'NO!', slots: 0, more: 1, pid: 'x' });

    const response = await call('/v1/hosts', { method: 'POST', body });

    expect(response.status).toBe(400);
    const problem = (await response.json()) as { problems: { path: string }[] };
    expect(problem.problems.map(({ path }) => path).sort()).toEqual(['', 'hostId', 'pid', 'slots']);
  });

  it.each(['{', '', 'null', '[]'])('refuses %j as a host report', async (body) => {
    expect((await call('/v1/hosts', { method: 'POST', body })).status).toBe(400);
  });

  it.each([
    '/v1/tasks?limit=0',
    '/v1/tasks?state=odd',
    '/v1/tasks?more=1',
    '/v1/tasks/%00',
    '/v1/tasks/%E4%F6',
    '/v1/tasks/a%20b',
  ])('refuses %s', async (path) => {
    expect((await call(path)).status).toBe(400);
  });
});

describe('artifacts over HTTP', () => {
  it('come back as they were put', async () => {
    const content = randomBytes(3 * 1024 * 1024 + 1);

    const digest = await gateway.client.artifacts.put(content);

    expect(digest).toBe(digestOf(content));
    expect((await gateway.client.artifacts.get(digest)).equals(content)).toBe(true);
  });

  it('with a forged digest are refused and not kept', async () => {
    const response = await call(`/v1/artifacts/${NOBODY}`, { method: 'PUT', body: 'something else' });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ failure: 'BadInput' });
    await expect(gateway.client.artifacts.get(NOBODY)).rejects.toMatchObject({ type: 'WorkspaceLost' });
  });

  it.each(['AAAA', '..%2F..%2Fetc%2Fpasswd', '%2e%2e'])('are not looked for under %s', async (digest) => {
    expect(await rawStatus(`/v1/artifacts/${digest}`)).toBe(400);
  });

  it('above the cap are refused, whether their length is told or not', async () => {
    const big = Buffer.alloc(5 * 1024 * 1024);
    async function* untold() {
      for (let n = 0; n < 5; n += 1) yield Buffer.alloc(1024 * 1024);
    }

    await expect(gateway.client.artifacts.put(big)).rejects.toMatchObject({ type: 'Refused' });
    const untoldStatus = await new Promise<number>((resolve, reject) => {
      const { hostname, port } = new URL(gateway.url);
      const headers = { authorization: `Bearer ${TOKEN}`, 'transfer-encoding': 'chunked' };
      const path = `/v1/artifacts/${digestOf(big)}`;
      const request = httpRequest({ method: 'PUT', hostname, port, path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject);
      void (async () => {
        for await (const chunk of untold()) if (!request.destroyed) request.write(chunk);
        request.end();
      })();
    });

    expect(untoldStatus).toBe(413);
  });

  it('are all there after a hundred were put at once', async () => {
    const contents = Array.from({ length: 100 }, () => randomBytes(50_000));

    const digests = await Promise.all(contents.map((content) => gateway.client.artifacts.put(content)));

    const back = await Promise.all(digests.map((digest) => gateway.client.artifacts.get(digest)));
    expect(back.every((content, index) => content.equals(contents[index] ?? Buffer.alloc(0)))).toBe(true);
  });

  it('whose upload breaks off are not kept, and do not hold up the gateway', async () => {
    const content = Buffer.alloc(1024 * 1024, 'x');
    const { hostname, port } = new URL(gateway.url);
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-length': content.byteLength };
    const path = `/v1/artifacts/${digestOf(content)}`;
    const request = httpRequest({ method: 'PUT', hostname, port, path, headers });
    request.on('error', () => undefined);
    request.write(content.subarray(0, 1000));
    await sleep(50);

    request.destroy();
    await sleep(50);

    await expect(gateway.client.artifacts.get(digestOf(content))).rejects.toMatchObject({ type: 'WorkspaceLost' });
    await gateway.client.artifacts.put(content);
  });
});

describe('tasks, hosts and estimates over HTTP', () => {
  it('are what the ledger has', async () => {
    const { epoch } = await gateway.ledger.beginRun(RUN);
    await gateway.ledger.end(ID, epoch, END);
    const task = await gateway.ledger.find(ID);

    expect(await gateway.client.task(ID)).toEqual(task);
    expect(await gateway.client.task('task:unknown')).toBeUndefined();
    expect(await gateway.client.tasks()).toEqual([task]);
    expect(await gateway.client.tasks({ state: 'running' })).toEqual([]);
    expect(await gateway.client.tasks({ repo: RUN.repo, limit: 1 })).toEqual([task]);
    expect(await gateway.client.estimate(RUN.repo)).toEqual({ repo: RUN.repo, tasks: 1, medianUsd: 0.5, highUsd: 0.5 });
    expect(await gateway.client.estimate(null)).toEqual({ repo: null, tasks: 0, medianUsd: null, highUsd: null });
  });

  it('take a host report and give it back', async () => {
    await gateway.client.reportHost(REPORT);

    expect(await gateway.client.hosts()).toEqual([{ ...REPORT, seenAt: expect.any(String) }]);
  });

  it('are kept over a restart, and clients go on with the new process', async () => {
    await gateway.ledger.beginRun(RUN);
    await gateway.client.reportHost(REPORT);
    gateway.client.log.append(ID, { source: 'task', text: 'before' });
    await gateway.client.log.flush();
    const digest = await gateway.client.artifacts.put(Buffer.from('kept'));
    const { client, folder, url } = gateway;
    await gateway.stop();

    gateway = await openGateway({ folder, listen: new URL(url).host });

    expect((await client.task(ID))?.epoch).toBe(1);
    expect(await client.hosts()).toHaveLength(1);
    expect((await client.artifacts.get(digest)).toString()).toBe('kept');
    expect((await collect(client.readLog(ID))).map((entry) => entry.text)).toEqual(['before']);
  });
});
