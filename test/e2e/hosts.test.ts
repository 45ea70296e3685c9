import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startProgram, type RunningProgram } from '../../src/supervisor/programs.ts';
import { commandOf, startFleetRig, until, type FleetRig } from '../support/fleet-rig.ts';
import { QUICKLY } from '../support/rig-definitions.ts';
import { ADD_DOUBLE, slowStep } from '../support/rig-scripts.ts';

// a host counts as lost only after three quarters of a minute
jest.setTimeout(300_000);

const REPO = 'acme/tiny';
const BIN = fileURLToPath(new URL('../../bin/taskfleet.mjs', import.meta.url));

describe('a fleet of several hosts', () => {
  let rig: FleetRig;
  const workers: RunningProgram[] = [];

  beforeAll(async () => {
    const config = { ...QUICKLY, host: { id: 'first', slots: 2, specialties: ['general', 'frontend', 'devops'] } };
    rig = await startFleetRig({ repos: { [REPO]: undefined }, config });
    rig.behave(
      { tag: 'add-double', actions: ADD_DOUBLE },
      { tag: 'lose-host', actions: [...ADD_DOUBLE.slice(0, 1), slowStep(20), ...ADD_DOUBLE.slice(1)] },
    );
  });

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop(15_000)));
    await rig.close();
  });

  /** As on another machine: nothing but the addresses and the shared secret. */
  async function joinFleet(id: string): Promise<RunningProgram> {
    const dataDir = join(rig.dir, id);
    mkdirSync(dataDir);
    const server = JSON.parse(readFileSync(join(rig.dataDir, 'temporal', 'server.json'), 'utf8')) as {
      address: string;
    };
    const { GITHUB_TOKEN: _, ...env } = rig.env;
    const worker = startProgram({
      command: process.execPath,
      args: [BIN, 'worker', '--specialties', 'backend,testing', '--slots', '1', '--id', id],
      env: {
        ...env,
        TASKFLEET_DATA_DIR: dataDir,
        TEMPORAL_ADDRESS: server.address,
        TASKFLEET_GATEWAY_TOKEN: readFileSync(join(rig.dataDir, 'gateway.token'), 'utf8').trim(),
      },
    });
    workers.push(worker);
    await until(async () => (await hosts()).some(({ hostId }) => hostId === id));
    return worker;
  }

  const hosts = () => rig.json<{ hostId: string; specialties: string[]; slots: number }[]>(['worker', 'list']);

  async function start(tag: string, specialty: string): Promise<{ issue: number; id: string }> {
    const issue = await rig.forge.issue(REPO, tag);
    await rig.taskfleet(['run', '--repo', REPO, '--issue', String(issue), '--specialty', specialty]);
    return { issue, id: rig.idOf(REPO, issue) };
  }

  it('keeps a task of a specialty that nobody serves, and gives it to the host that comes to serve it', async () => {
    const { issue, id } = await start('add-double', 'testing');
    await until(async () => (await rig.status(id)).waitingFor?.what === 'a slot on a testing host');
    const { code, stdout } = await rig.taskfleet(['show', id]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('a slot on a testing host') });

    await joinFleet('second');

    await until(async () => (await rig.status(id)).host === 'second' || (await rig.status(id)).endedAt !== null);
    await rig.reaches(id, 'completed');
    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
    expect(rig.lines.filter((line) => line.includes('session')).join('\n')).not.toContain(id);
    expect((await hosts()).find(({ hostId }) => hostId === 'second')).toMatchObject({
      slots: 1,
      specialties: ['backend', 'testing'],
    });
  });

  it('moves the task of a host that is gone for good to another one of its specialty', async () => {
    const { issue, id } = await start('lose-host', 'backend');
    await until(() => rig.sessionProcesses(id).some(({ pid }) => commandOf(pid).join(' ').includes('sleep 20')));
    expect((await rig.status(id)).host).toBe('second');
    await joinFleet('third');

    process.kill(workers[0]?.pid ?? 0, 'SIGKILL');

    await until(async () => (await rig.status(id)).host === 'third', 150_000);
    const { spend } = await rig.reaches(id, 'completed');
    expect(await rig.forge.pullsOf(REPO, issue)).toHaveLength(1);
    expect(spend.usd).toBeGreaterThan(0);
    await until(() => rig.sessionProcesses(id).length === 0);
  });
});
