import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServiceSetting } from '../../src/contract/repo-settings.ts';
import { accepts } from '../../src/services/accepts.ts';
import { createServices, type Services, type ServicesRequest } from '../../src/services/services.ts';
import { openGateFixture, type GateFixture } from './fake-gate-tools.ts';
import { promptly } from '../support/promptly.ts';

/** Answers with the name of the folder it runs in. Takes a while to listen, as servers do. */
const SERVER = `
  const server = require('node:http').createServer((_, response) => response.end(process.cwd()));
  require('node:fs').appendFileSync('starts', 'x');
  setTimeout(() => server.listen(Number(process.env.PORT), 'localhost', () => console.log('listening on ' + process.env.PORT)), 200);
`;

let fixture: GateFixture;
let services: Services;
beforeEach(async () => {
  fixture = await openGateFixture('auto');
  services = createServices(fixture);
});
afterEach(async () => {
  for (const tree of ['one', 'two']) await fixture.trees.end(tree);
});

function web(more: Partial<ServiceSetting> = {}): ServiceSetting {
  return { name: 'web', command: `exec "${process.execPath}" server.cjs`, readyPort: 2, readySeconds: 20, ...more };
}

async function request(treeId: string, more: Partial<ServicesRequest> = {}): Promise<ServicesRequest> {
  const cwd = fixture.folder({ 'server.cjs': SERVER });
  const portBase = (await getPort()) - 2;
  return { taskId: `task:${treeId}`, treeId, cwd, env: fixture.env, portBase, services: [web()], ...more };
}

async function ask(one: ServicesRequest): Promise<string> {
  return await (await fetch(`http://localhost:${one.portBase + 2}/`)).text();
}

describe('services', () => {
  it('serve each of two parallel tasks on ports of its own, and end with its tree', async () => {
    const [one, two] = [await request('one'), await request('two')];

    await Promise.all([services.start(one), services.start(two)]);

    expect([await ask(one), await ask(two)]).toEqual([one.cwd, two.cwd]);
    expect(fixture.entries).toContainEqual({
      source: 'service',
      name: 'web',
      text: `listening on ${one.portBase + 2}`,
    });
    await fixture.trees.end('one');
    expect([await accepts(one.portBase + 2), await accepts(two.portBase + 2)]).toEqual([false, true]);
  });

  it('are started once per task, also when asked for twice at once, and again when they are gone', async () => {
    const one = await request('one');
    const starts = (): number => readFileSync(join(one.cwd, 'starts')).length;

    await Promise.all([services.start(one), services.start(one)]);
    await services.start(one);
    expect(starts()).toBe(1);
    await fixture.trees.end('one');
    await services.start(one);

    expect(starts()).toBe(2);
    expect(await ask(one)).toBe(one.cwd);
  });

  it('without a port are not waited for', async () => {
    const one = await request('one', {
      services: [{ name: 'watch', command: 'touch begun; sleep 615', readySeconds: 1 }],
    });

    await services.start(one);

    for (let n = 0; n < 100 && !existsSync(join(one.cwd, 'begun')); n++) await sleep(20);
    expect(await fixture.trees.end('one')).toBeGreaterThan(0);
  });

  it('that end at once are reported with their output, without waiting for the time to run out', async () => {
    const one = await request('one', { services: [web({ command: 'echo "no database here"; exit 5' })] });
    const begun = Date.now();

    const start = services.start(one);

    await expect(start).rejects.toMatchObject({
      type: 'SetupFailed',
      message: expect.stringMatching(/exit 5 .*\nno database here/),
    });
    expect(Date.now() - begun).toBeLessThan(promptly(5_000));
  });

  it('that never listen are ended when their time is up', async () => {
    const one = await request('one', { services: [web({ command: 'sleep 616', readySeconds: 1 })] });

    await expect(services.start(one)).rejects.toMatchObject({
      type: 'SetupFailed',
      message: expect.stringContaining('after 1s'),
    });

    await sleep(1_500);
    expect(await fixture.trees.end('one')).toBe(0);
  });

  it('do not take another program on their port for themselves', async () => {
    const one = await request('one');
    const stranger = createServer().listen(one.portBase + 2, '127.0.0.1');

    const start = services.start(one);

    await expect(start).rejects.toMatchObject({
      type: 'ResourceShortage',
      message: expect.stringContaining('is taken'),
    });
    stranger.close();
  });

  it('are given up within two seconds when the task is cancelled', async () => {
    const one = await request('one', { services: [web({ command: 'sleep 617' })], signal: AbortSignal.timeout(300) });
    const begun = Date.now();

    await expect(services.start(one)).rejects.toThrow();

    expect(Date.now() - begun).toBeLessThan(promptly(2_000));
  });
});
