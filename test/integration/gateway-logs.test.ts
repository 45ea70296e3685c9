import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LogEntry } from '../../src/contract/log-entry.ts';
import { createGatewayClient } from '../../src/gateway/gateway-client.ts';
import { openGateway, TOKEN, type GatewayFixture } from '../support/gateway-fixture.ts';
import { promptly } from '../support/promptly.ts';

// real processes, disks and sockets: how long they take depends on what else the machine does
jest.setTimeout(30_000);

const ID = 'task:github.com/owner/repo#12';
const ENCODED = encodeURIComponent(ID);
const RUN = { id: ID, runId: 'run-1', generation: 1, repo: 'github.com/owner/repo', issue: 12, source: 'cli' };
const END = { state: 'completed', reason: 'done', costUsd: 0.5, turns: 7 } as const;

let gateway: GatewayFixture;

beforeEach(async () => {
  gateway = await openGateway({ maxArtifactBytes: 4 * 1024 * 1024 });
});
afterEach(() => gateway.remove());

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${gateway.url}${path}`, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });
}

function line(text: string): LogEntry {
  return { at: '2026-01-01T00:00:00.000Z', source: 'session', level: 'info', text };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('logs over HTTP', () => {
  it('are appended as JSON and as lines, and read in either way', async () => {
    const json = await call(`/v1/tasks/${ENCODED}/log`, {
      method: 'POST',
      body: JSON.stringify([line('a'), line('b')]),
    });
    const headers = { 'content-type': 'application/x-ndjson' };
    const body = `${JSON.stringify(line('c'))}\n${JSON.stringify(line('d'))}\n`;
    const lines = await call(`/v1/tasks/${ENCODED}/log`, { method: 'POST', headers, body });

    expect(await json.json()).toEqual({ appended: 2 });
    expect(await lines.json()).toEqual({ appended: 2 });
    const tail = await (await call(`/v1/tasks/${ENCODED}/log?tail=2`)).text();
    expect(tail).toBe(body);
    expect((await collect(gateway.client.readLog(ID))).map((entry) => entry.text)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('take lines that are no UTF-8', async () => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const body = Buffer.from(`${JSON.stringify(line('caf'))}\n`.replace('caf', 'caf\xe9 \xff\xfe'), 'latin1');

    const response = await call(`/v1/tasks/${ENCODED}/log`, { method: 'POST', headers, body });

    expect(response.status).toBe(200);
    expect((await collect(gateway.client.readLog(ID)))[0]?.text).toBe('caf\ufffd \ufffd\ufffd');
  });

  it('refuse what is no entry, and then keep nothing of the batch', async () => {
    const body = JSON.stringify([line('good'), { text: 7 }, { ...line('x'), source: 'odd' }]);

    const response = await call(`/v1/tasks/${ENCODED}/log`, { method: 'POST', body });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/mistakes/) });
    expect(await collect(gateway.client.readLog(ID))).toEqual([]);
  });

  it('refuse a batch that is too large', async () => {
    const body = JSON.stringify(Array.from({ length: 600 }, () => line('x'.repeat(4000))));

    const response = await call(`/v1/tasks/${ENCODED}/log`, { method: 'POST', body });

    expect(response.status).toBe(413);
  });

  it('are followed live by several people at once until the task ends', async () => {
    const { epoch } = await gateway.ledger.beginRun(RUN);
    await gateway.logs.appendBatch(ID, [line('old'), line('before')]);
    const followers = [gateway.client.followLog(ID, { tail: 1 }), gateway.client.followLog(ID)].map((log) =>
      collect(log),
    );
    await sleep(100);

    for (const text of ['live', 'last']) {
      gateway.client.log.append(ID, { source: 'gate', name: 'tests', text });
      await gateway.client.log.flush();
    }
    await gateway.ledger.end(ID, epoch, END);

    const [tailed, whole] = await Promise.all(followers);
    expect(tailed?.map((entry) => entry.text)).toEqual(['before', 'live', 'last']);
    expect(whole?.map((entry) => entry.text)).toEqual(['old', 'before', 'live', 'last']);
  });

  it('reach a follower while the task runs, within a second of being written', async () => {
    await gateway.ledger.beginRun(RUN);
    const stop = new AbortController();
    const arrivals: number[] = [];
    const reading = (async () => {
      for await (const entry of gateway.client.followLog(ID, { signal: stop.signal })) {
        arrivals.push(Date.now() - Number(entry.text));
        if (arrivals.length === 3) stop.abort();
      }
    })();
    await sleep(100);

    for (let n = 0; n < 3; n += 1) {
      gateway.client.log.append(ID, { source: 'session', text: String(Date.now()) });
      await sleep(300);
    }
    await reading;

    expect(Math.max(...arrivals)).toBeLessThan(promptly(1000));
  });

  it('go on where they were when the gateway comes back, without a line twice or lost', async () => {
    await gateway.ledger.beginRun(RUN);
    await gateway.logs.appendBatch(ID, [line('1'), line('2')]);
    const stop = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const entry of gateway.client.followLog(ID, { signal: stop.signal })) {
        seen.push(entry.text);
        if (entry.text === '4') stop.abort();
      }
    })();
    while (seen.length < 2) await sleep(10);
    const { folder, url } = gateway;

    await gateway.stop();
    gateway = await openGateway({ folder, listen: new URL(url).host });
    await gateway.logs.appendBatch(ID, [line('3'), line('4')]);
    await reading;

    expect(seen).toEqual(['1', '2', '3', '4']);
  });

  it('do not hold up the end of the gateway', async () => {
    await gateway.ledger.beginRun(RUN);
    const response = await call(`/v1/tasks/${ENCODED}/log?follow=1`);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const begun = Date.now();

    await gateway.stop();

    expect(Date.now() - begun).toBeLessThan(promptly(2000));
    await response.text().catch(() => undefined);
  });
});

describe('a client whose gateway is away', () => {
  it('says which setting to look at', async () => {
    const { client } = gateway;
    await gateway.stop();

    const attempt = client.tasks();

    await expect(attempt).rejects.toMatchObject({
      type: 'Network',
      message: expect.stringContaining('ECONNREFUSED'),
      hint: expect.stringMatching(/gateway\.url.*taskfleet up/),
    });
    await expect(collect(client.followLog(ID))).rejects.toMatchObject({ type: 'Network' });
  });

  it('keeps its log lines and hands them over when it is back', async () => {
    const { client, folder, url } = gateway;
    await gateway.stop();
    client.log.append(ID, { source: 'task', text: 'while away' });
    await sleep(400);

    gateway = await openGateway({ folder, listen: new URL(url).host });
    await client.log.flush();

    expect((await collect(client.readLog(ID))).map((entry) => entry.text)).toEqual(['while away']);
  });

  it('with a wrong token says so', async () => {
    const client = createGatewayClient({ url: gateway.url, token: 'some-other-token' });

    await expect(client.hosts()).rejects.toMatchObject({
      type: 'AccessDenied',
      hint: expect.stringContaining('gateway.token'),
    });
  });
});
