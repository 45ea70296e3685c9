import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { SearchAttributes } from '../../src/contract/names.ts';
import type { TaskInput } from '../../src/contract/task-input.ts';
import { identifyTask } from '../../src/intake/task-identity.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { connectClient } from '../../src/temporal/connect.ts';
import type { ConnectedClient } from '../../src/temporal/connect.ts';
import { connectWorker } from '../../src/temporal/connect-worker.ts';
import { startEmbeddedServer } from '../../src/temporal/embedded-server.ts';
import type { EmbeddedServer } from '../../src/temporal/embedded-server.ts';
import { resolveTemporal } from '../../src/temporal/resolve-temporal.ts';
import { createSubmitter } from '../../src/temporal/submit-task.ts';
import type { Submitter } from '../../src/temporal/submit-task.ts';
import { testCacheDir } from '../support/cache-dir.ts';

const forge = { webUrl: 'https://github.com' };

describe('submitting a task', () => {
  let folder: string;
  let server: EmbeddedServer;
  let connected: ConnectedClient;
  let ledger: Ledger;
  let submitter: Submitter;

  beforeAll(async () => {
    const { path } = await resolveTemporal({ cacheDir: testCacheDir(), env: process.env });
    folder = await mkdtemp(join(tmpdir(), 'taskfleet-submit-'));
    const options = { executable: path, dataDir: folder, namespace: 'default', retentionDays: 30, port: 0 };
    server = await startEmbeddedServer({ ...options, headless: true, env: process.env });
    connected = await connectClient({ address: server.address, namespace: 'default' });
    ledger = await openSqliteLedger({ file: join(folder, 'ledger.db') });
    const identify = (input: TaskInput) => identifyTask(input, forge);
    submitter = createSubmitter({ client: connected.client, ledger, identify, defaults: { priority: 3 } });
  }, 600_000);

  afterAll(async () => {
    await connected.close();
    ledger.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function handle(id: string) {
    return connected.client.workflow.getHandle(id);
  }

  it('three times at once, in three spellings, gives one task', async () => {
    const spellings = ['owner/Race', 'github.com/Owner/race', 'https://github.com/owner/race.git'];

    const answers = await Promise.all(spellings.map((repo) => submitter.submit({ repo, issue: 1 })));

    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['started', 'attached']));
    expect(answers.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    expect(new Set(answers.map((answer) => 'id' in answer && answer.id))).toEqual(
      new Set(['task:github.com/owner/race#1']),
    );
  });

  it('gives the run its summary, search attributes, priority and complete input', async () => {
    await submitter.submit({ repo: 'owner/look', issue: 12, priority: 2, source: 'cli' });

    const found = await handle('task:github.com/owner/look#12').describe();

    expect(await found.staticSummary()).toBe('owner/look#12');
    expect(found.priority).toMatchObject({ priorityKey: 2, fairnessKey: 'github.com/owner/look' });
    expect(found.typedSearchAttributes.get(SearchAttributes.repo)).toBe('github.com/owner/look');
    expect(found.typedSearchAttributes.get(SearchAttributes.state)).toBe('queued');
    expect(found.typedSearchAttributes.get(SearchAttributes.issue)).toBe(12);
    expect(found.taskQueue).toBe('taskfleet');
  });

  it('tells the canonical run that it is the one meant, and starts nothing', async () => {
    const id = 'task:github.com/owner/self#3';

    const answer = await submitter.submit({ repo: 'owner/self', issue: 3 }, id);

    expect(answer).toMatchObject({ kind: 'self', input: { id, generation: 1, priority: 3 } });
    await expect(handle(id).describe()).rejects.toThrow();
  });

  it('does not start again what the ledger knows as ended, but does start a retry of it', async () => {
    const id = 'task:github.com/owner/done#4';
    const run = { id, runId: 'r1', generation: 1, repo: 'github.com/owner/done', issue: 4, source: 'cli' };
    const { epoch } = await ledger.beginRun(run);
    await ledger.end(id, epoch, { state: 'failed', reason: 'red', costUsd: 1, turns: 2 });

    const again = await submitter.submit({ repo: 'owner/done', issue: 4 });
    const retry = await submitter.submit({ repo: 'owner/done', issue: 4, generation: 2 });
    const twice = await submitter.submit({ repo: 'owner/done', issue: 4, generation: 2 });

    expect([again.kind, retry.kind, twice.kind]).toEqual(['already-ended', 'started', 'attached']);
    expect(await (await handle(id).describe()).staticSummary()).toBe('owner/done#4 (run 2)');
  });

  it('does not start again a run that was terminated by hand', async () => {
    await submitter.submit({ repo: 'owner/stopped', issue: 5 });
    await handle('task:github.com/owner/stopped#5').terminate('by hand');

    const again = await submitter.submit({ repo: 'owner/stopped', issue: 5 });

    expect(again.kind).toBe('already-ended');
  });

  it('starts again a run that failed at the door, because what it was refused for may be mended', async () => {
    await submitter.submit({ repo: 'owner/door', issue: 6 });
    const connection = await connectWorker({ address: server.address, namespace: 'default' });
    const workflowsPath = new URL('../support/failing-task-workflow.ts', import.meta.url).pathname;
    const worker = await Worker.create({ connection, namespace: 'default', taskQueue: 'taskfleet', workflowsPath });
    await worker.runUntil(() =>
      handle('task:github.com/owner/door#6')
        .result()
        .catch(() => undefined),
    );
    await connection.close();

    const answers = await Promise.all([1, 2].map(() => submitter.submit({ repo: 'owner/door', issue: 6 })));

    expect(answers.map(({ kind }) => kind).sort()).toEqual(['attached', 'started']);
  }, 60_000);

  it('refuses what means no task before anything is started', async () => {
    await expect(submitter.submit({ repo: '../etc', issue: 1 })).rejects.toMatchObject({ type: 'BadInput' });
  });
});
