import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { SearchAttributes } from '../../src/contract/names.ts';
import { identityOf, isAlive } from '../../src/supervisor/process-identity.ts';
import { runProgram, startProgram } from '../../src/supervisor/programs.ts';
import { connectClient } from '../../src/temporal/connect.ts';
import { connectWorker } from '../../src/temporal/connect-worker.ts';
import { startEmbeddedServer } from '../../src/temporal/embedded-server.ts';
import type { EmbeddedServer, EmbeddedServerOptions } from '../../src/temporal/embedded-server.ts';
import { resolveTemporal } from '../../src/temporal/resolve-temporal.ts';
import { ensureSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { testCacheDir } from '../support/cache-dir.ts';

const NAMESPACE = 'default';
const workflowsPath = new URL('../support/waiting-workflow.ts', import.meta.url).pathname;

describe('the embedded Temporal server', () => {
  let executable: string;
  let dataDir: string;
  const started: EmbeddedServer[] = [];

  async function start(more: Partial<EmbeddedServerOptions> = {}): Promise<EmbeddedServer> {
    const options = { executable, dataDir, namespace: NAMESPACE, retentionDays: 30, port: 0, headless: true };
    const server = await startEmbeddedServer({ ...options, env: process.env, ...more });
    started.push(server);
    return server;
  }

  beforeAll(async () => {
    executable = (await resolveTemporal({ cacheDir: testCacheDir(), env: process.env })).path;
    dataDir = await mkdtemp(join(tmpdir(), 'taskfleet-server-'));
  }, 600_000);

  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop();
  });

  afterAll(async () => {
    await rm(dataDir, { recursive: true, force: true });
  });

  it('continues a running workflow after a restart on the same data', async () => {
    const first = await start();
    await withWaitingWorker(first.address, async (client) => {
      await client.workflow.start('waiting', { workflowId: 'goes-on', taskQueue: 'waiting' });
      await client.workflow.getHandle('goes-on').query('isWaiting');
    });
    await first.stop();

    const second = await start();

    expect(second.pid).not.toBe(first.pid);
    const result = await withWaitingWorker(second.address, async (client) => {
      await client.workflow.getHandle('goes-on').signal('release', 'after the restart');
      return await client.workflow.getHandle('goes-on').result();
    });
    expect(result).toBe('after the restart');
  }, 60_000);

  it('has the search attributes and the retention from the first moment, and registering again changes nothing', async () => {
    const server = await start();
    const { client, connection, close } = await connectClient({ address: server.address, namespace: NAMESPACE });

    await ensureSearchAttributes(connection, NAMESPACE);
    await client.workflow.start('waiting', {
      workflowId: 'with-attributes',
      taskQueue: 'nobody',
      typedSearchAttributes: [{ key: SearchAttributes.repo, value: 'github.com/owner/name' }],
    });

    const { config } = await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
    const found = () => client.workflow.count(`TaskfleetRepo = 'github.com/owner/name'`);
    await expect(eventually(found, (answer) => answer.count === 1)).resolves.toMatchObject({ count: 1 });
    await close();
  }, 60_000);

  it('is found again by the next start after the process that started it was killed', async () => {
    const script = new URL('../support/start-server.ts', import.meta.url).pathname;
    let line = '';
    const starter = startProgram({
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', script, executable, dataDir],
      env: process.env,
      onLine: (text) => (line = text),
    });
    await eventually(
      async () => line,
      (text) => text.startsWith('{'),
    );
    const left = JSON.parse(line) as { pid: number; address: string };
    process.kill(starter.pid ?? 0, 'SIGKILL');
    await starter.exited;

    const identity = identityOf(left.pid);

    const found = await start();

    expect(found).toMatchObject({ reused: true, pid: left.pid, address: left.address });
    await found.stop();
    expect(isAlive(identity)).toBe(false);
  }, 60_000);

  it('takes other ports when the wished one is taken, and serves the Web UI 1000 above where it can', async () => {
    const rival = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => rival.once('listening', resolve));
    const taken = (rival.address() as AddressInfo).port;

    const server = await start({ port: taken, headless: false });

    expect(server.address).not.toBe(`127.0.0.1:${taken}`);
    expect((await fetch(server.uiUrl ?? '')).status).toBe(200);
    rival.close();
  }, 60_000);

  it('says where the log is when the binary is no server', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'taskfleet-server-'));

    const attempt = start({ executable: '/bin/false', dataDir: folder });

    await expect(attempt).rejects.toMatchObject({ type: 'ConfigError', hint: expect.stringContaining('server.log') });
    await rm(folder, { recursive: true });
  }, 60_000);

  it('writes its log to a file and leaves our output alone', async () => {
    const server = await start();

    const version = await runProgram({
      command: executable,
      args: ['operator', 'cluster', 'health', '--address', server.address],
      env: process.env,
      timeoutMs: 10_000,
    });

    expect(version.output).toContain('SERVING');
    expect(await readFile(server.logFile, 'utf8')).toContain('Server');
  }, 60_000);
});

type TestClient = Awaited<ReturnType<typeof connectClient>>['client'];

async function withWaitingWorker<T>(address: string, run: (client: TestClient) => Promise<T>): Promise<T> {
  const connection = await connectWorker({ address, namespace: NAMESPACE });
  const worker = await Worker.create({ connection, namespace: NAMESPACE, taskQueue: 'waiting', workflowsPath });
  const { client, close } = await connectClient({ address, namespace: NAMESPACE });
  const result = await worker.runUntil(() => run(client));
  await close();
  await connection.close();
  return result;
}

async function eventually<T>(read: () => Promise<T>, isRight: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const value = await read();
    if (isRight(value) || performance.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
