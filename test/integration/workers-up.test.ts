import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadSettings } from '../../src/config/load-settings.ts';
import type { ResolvedSettings } from '../../src/config/load-settings.ts';
import { identityOf, isAlive } from '../../src/supervisor/process-identity.ts';
import { startProgram } from '../../src/supervisor/programs.ts';
import { connectClient } from '../../src/temporal/connect.ts';
import { mainFile } from '../../workers/fleet-child.ts';
import { startFleet } from '../../workers/up.ts';
import { testCacheDir } from '../support/cache-dir.ts';
import { promptly } from '../support/promptly.ts';

const GITHUB_TOKEN = 'ghp_thehostmustneverseethis';

/** The whole fleet as `up` starts it, as a process of its own. */
describe('taskfleet up', () => {
  let dataDir: string;
  let env: Record<string, string | undefined>;
  let settings: ResolvedSettings;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'taskfleet-up-'));
    const { PATH, HOME } = process.env;
    env = {
      PATH,
      HOME,
      TASKFLEET_DATA_DIR: dataDir,
      TASKFLEET_CACHE_DIR: testCacheDir(),
      TASKFLEET_GATEWAY_LISTEN: '127.0.0.1:0',
      TASKFLEET_SPECIALTIES: 'api',
      GITHUB_TOKEN,
      ANTHROPIC_API_KEY: 'sk-ant-not-a-real-key',
    };
    settings = loadSettings({ env, cwd: dataDir });
  });

  afterAll(async () => {
    await rm(dataDir, { recursive: true, force: true });
  });

  it('starts everything, keeps the forge token from hosts, restarts what is killed, and ends it all on Ctrl-C', async () => {
    const lines: string[] = [];
    const args = ['--disable-warning=ExperimentalWarning', mainFile(), 'up'];
    const up = startProgram({ command: process.execPath, args, env, onLine: (line) => lines.push(line) });
    const has = (text: string) => () => lines.some((line) => line.includes(text));
    await until(has('taskfleet is ready.'));
    const address = /Temporal +(\S+)/.exec(lines.join('\n'))?.[1] ?? '';
    const before = await children(up.pid);

    const second = startFleet(settings, { env, logger: silent(), pretty: false, write: () => undefined });
    await expect(second).rejects.toMatchObject({ type: 'ConfigError', message: expect.stringContaining('up already') });
    expect((await stat(join(dataDir, 'gateway.token'))).mode & 0o777).toBe(0o600);
    const hostPid = pidOf(before, 'host');
    for (const name of ['environ', 'cmdline']) {
      expect(await readFile(`/proc/${hostPid}/${name}`, 'utf8')).not.toContain(GITHUB_TOKEN);
    }
    const { client, close } = await connectClient({ address, namespace: 'default' });
    const handle = await client.workflow.start('task', {
      taskQueue: 'taskfleet',
      workflowId: 'by-hand',
      args: [{ repo: 'owner/name' }],
    });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'BadInput' } });
    await close();

    const killed = identityOf(hostPid);
    process.kill(hostPid, 'SIGKILL');
    await until(async () => !isAlive(killed) && (await children(up.pid)).length === before.length);
    await until(() => lines.filter((line) => line.includes('host at work')).length === 2);

    const left = (await children(up.pid)).map(({ pid }) => identityOf(pid));
    const begun = performance.now();
    process.kill(up.pid ?? 0, 'SIGINT');
    process.kill(up.pid ?? 0, 'SIGINT');
    await up.exited;
    expect(performance.now() - begun).toBeLessThan(promptly(10_000));
    expect(left.filter(isAlive)).toEqual([]);
  }, 120_000);

  it('ends on Ctrl-C also while a process of it cannot start', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'taskfleet-up-'));
    // a file where a folder belongs: the coordinator fails, and is started again, and again
    await writeFile(join(broken, 'artifacts'), '');
    const lines: string[] = [];
    const args = ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'up'];
    const up = startProgram({
      command: process.execPath,
      args,
      env: { ...env, TASKFLEET_DATA_DIR: broken },
      onLine: (line) => lines.push(line),
    });
    await until(() => lines.filter((line) => line.includes('starting it again')).length >= 2);
    const started = (await children(up.pid)).map(({ pid }) => identityOf(pid));

    const begun = performance.now();
    process.kill(up.pid ?? 0, 'SIGINT');
    const exit = await up.exited;

    expect(performance.now() - begun).toBeLessThan(promptly(10_000));
    expect(exit.signal).toBeNull();
    expect(started.length).toBeGreaterThan(0);
    expect(started.filter(isAlive)).toEqual([]);
    await rm(broken, { recursive: true, force: true });
  }, 120_000);
});

function silent() {
  const none = () => undefined;
  return { debug: none, info: none, warn: none, error: none, fatal: none } as never;
}

function pidOf(processes: readonly { pid: number; args: string[] }[], role: string): number {
  return processes.find(({ args }) => args.at(-1) === role)?.pid ?? 0;
}

async function children(parent: number | undefined): Promise<{ pid: number; args: string[] }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== parent) return [];
      const cmdline = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return cmdline === '' ? [] : [{ pid: Number(pid), args: cmdline.split('\0').slice(0, -1) }];
    }),
  );
  return found.flat();
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
