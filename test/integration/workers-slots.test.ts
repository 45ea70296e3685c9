import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import type { NativeConnection } from '@temporalio/worker';
import { createSlotPool } from '../../src/host/slot-pool.ts';
import { connectClient } from '../../src/temporal/connect.ts';
import type { ConnectedClient } from '../../src/temporal/connect.ts';
import { connectWorker } from '../../src/temporal/connect-worker.ts';
import { startEmbeddedServer } from '../../src/temporal/embedded-server.ts';
import type { EmbeddedServer } from '../../src/temporal/embedded-server.ts';
import { resolveTemporal } from '../../src/temporal/resolve-temporal.ts';
import { observeSlots, startHostWorkers } from '../../workers/host-workers.ts';
import { testCacheDir } from '../support/cache-dir.ts';
import { dummyHostActivities } from '../support/dummy-host-activities.ts';

const namespace = 'default';

describe('hosts with one slot each', () => {
  let folder: string;
  let server: EmbeddedServer;
  let connected: ConnectedClient;
  let connection: NativeConnection;

  beforeAll(async () => {
    const { path } = await resolveTemporal({ cacheDir: testCacheDir(), env: process.env });
    folder = await mkdtemp(join(tmpdir(), 'taskfleet-slots-'));
    const options = { executable: path, dataDir: folder, namespace, retentionDays: 30, port: 0, headless: true };
    server = await startEmbeddedServer({ ...options, env: process.env });
    connected = await connectClient({ address: server.address, namespace });
    connection = await connectWorker({ address: server.address, namespace });
  }, 600_000);

  afterAll(async () => {
    await connected.close();
    await connection.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function startHost(hostId: string, specialties: string[]) {
    const slots = observeSlots(createSlotPool(1));
    const activities = dummyHostActivities(hostId, slots.pool);
    // of its own, as each host is a process of its own
    const own = await connectWorker({ address: server.address, namespace });
    const place = { connection: own, namespace, identity: hostId };
    const workers = await startHostWorkers({ place, hostId, specialties, slots, activities });
    const shutdown = async () => {
      await workers.shutdown();
      await own.close();
    };
    return { shutdown, refusals: activities.refusals };
  }

  it('work on as many tasks as there are slots, and a full host takes no task that another could begin', async () => {
    const hosts = [await startHost('host-a', ['backend']), await startHost('host-b', ['backend', 'frontend'])];
    const workflowsPath = new URL('../support/slot-workflow.ts', import.meta.url).pathname;
    const worker = await Worker.create({ connection, namespace, taskQueue: 'slots', workflowsPath });

    const places = await worker.runUntil(async () => {
      const run = (number: number) =>
        connected.client.workflow.execute('slot', {
          taskQueue: 'slots',
          workflowId: `slot-${number}`,
          args: [{ id: `task-${number}`, workMs: 1_500 }],
        });
      return await Promise.all([1, 2, 3, 4, 5].map(run));
    });
    for (const host of hosts) await host.shutdown();

    expect(new Set(places)).toEqual(new Set(['host-a', 'host-b']));
    expect(hosts.flatMap(({ refusals }) => refusals)).toEqual([]);
  }, 60_000);
});
