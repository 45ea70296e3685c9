import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProcessTrees } from '../../src/process/create-process-trees.ts';
import { findBubblewrap } from '../../src/process/bubblewrap.ts';
import type { ProcessTrees, TreeSpec } from '../../src/process/process-trees.ts';
import { promptly } from '../support/promptly.ts';

const hasBubblewrap = (await findBubblewrap('auto')) !== undefined;
if (!hasBubblewrap) console.warn('bubblewrap does not work here: its half of these tests is skipped');

/** A child in our group, a session leader, and a grandchild that is a session leader of its own; all ignore SIGTERM. */
const FAMILY = [
  'trap "" TERM',
  'sleep 600 &',
  'setsid sh -c \'trap "" TERM; setsid sleep 600 & echo $$ >> pids; sleep 600\' &',
  'for i in 1 2 3; do (setsid sleep 600 &); done',
  'touch ready',
  'wait',
].join('\n');

let folder: string;
let owner: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trees-'));
  owner = `test-${folder.slice(-6)}`;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Pids of all processes that carry the owner's mark, zombies included by their parent. */
function marked(): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readFileSync(`/proc/${name}/environ`, 'latin1').includes(`TASKFLEET_TREE=${owner}/`) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

function zombieChildren(): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === 'Z' && Number(parent) === process.pid;
    } catch {
      return false;
    }
  });
}

async function until(condition: () => boolean, ms = 5_000): Promise<void> {
  for (const end = Date.now() + ms; !condition(); await sleep(20)) {
    if (Date.now() > end) throw new Error('what was waited for did not come');
  }
}

function shell(script: string, more: Partial<TreeSpec> = {}): TreeSpec {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
  return { treeId: 'task/1', command: 'sh', args: ['-c', script], cwd: folder, env, ...more };
}

async function startFamily(): Promise<void> {
  await until(() => existsSync(join(folder, 'ready')) && existsSync(join(folder, 'pids')));
  expect(marked().length).toBeGreaterThanOrEqual(7);
}

const modes = [
  { isolation: 'none', run: process.platform === 'linux' ? describe : describe.skip },
  { isolation: 'bubblewrap', run: hasBubblewrap ? describe : describe.skip },
] as const;

for (const { isolation, run } of modes) {
  run(`process trees, isolation ${isolation}`, () => {
    let trees: ProcessTrees;
    beforeEach(async () => {
      trees = await createProcessTrees({ owner, isolation });
    });
    afterEach(async () => {
      await trees.end('task/1');
    });

    it('ends session leaders and their children within two seconds on end()', async () => {
      const child = trees.spawn(shell(FAMILY));
      await startFamily();
      const begun = Date.now();

      const count = await trees.end('task/1');

      expect(Date.now() - begun).toBeLessThan(promptly(2_000));
      expect(count).toBeGreaterThanOrEqual(7);
      expect(marked()).toEqual([]);
      expect(zombieChildren()).toEqual([]);
      expect(child.killed).toBe(true);
      expect(await trees.end('task/1')).toBe(0);
    });

    it('ends them all on abort and says so', async () => {
      const controller = new AbortController();
      const result = trees.run({ ...shell(FAMILY, { signal: controller.signal }), timeoutMs: 60_000 });
      await startFamily();
      const begun = Date.now();

      controller.abort();

      expect(await result).toMatchObject({ aborted: true, timedOut: false });
      expect(Date.now() - begun).toBeLessThan(promptly(2_000));
      expect(marked()).toEqual([]);
      expect(zombieChildren()).toEqual([]);
    });

    it('ends them all on timeout and says so', async () => {
      const result = await trees.run({ ...shell(FAMILY), timeoutMs: 300 });

      expect(result).toMatchObject({ aborted: false, timedOut: true });
      expect(marked()).toEqual([]);
    });

    it('lets nothing outlive the program that started it, and does not wait for it', async () => {
      const script = 'setsid sleep 600 & sleep 600 & (setsid sh -c "setsid sleep 600; true" &) ; sleep 0.1; exit 7';

      const result = await trees.run({ ...shell(script), timeoutMs: 60_000 });

      expect(result).toMatchObject({ exitCode: 7, timedOut: false });
      expect(result.durationMs).toBeLessThan(promptly(1_500));
      expect(marked()).toEqual([]);
    });

    it('outruns a program that keeps starting others', async () => {
      writeFileSync(
        join(folder, 'breed'),
        'while :; do setsid sh -c "sleep 600 & sleep 600 & sleep 0.2" & sleep 0.02; done',
      );

      const result = await trees.run({ ...shell('setsid sh breed & setsid sh breed & wait'), timeoutMs: 600 });
      await sleep(100);

      expect(result.timedOut).toBe(true);
      expect(marked()).toEqual([]);
    });

    it('gives a program that ends on SIGTERM the time to do so', async () => {
      const child = trees.spawn(
        shell('trap "sleep 0.2; touch tidy; exit 0" TERM; touch ready; while :; do sleep 0.05; done'),
      );
      await until(() => existsSync(join(folder, 'ready')));
      const exit = once(child as never, 'exit');

      child.kill('SIGTERM');

      expect(await exit).toEqual([0, null]);
      expect(existsSync(join(folder, 'tidy'))).toBe(true);
    });

    it('ends one program without touching another one of the same task', async () => {
      const service = trees.spawn(shell('touch ready; setsid sleep 600 & wait'));
      await until(() => existsSync(join(folder, 'ready')));

      await trees.run({ ...shell('setsid sleep 600 & exit 0'), timeoutMs: 10_000 });

      expect(service.exitCode).toBeNull();
      expect(await trees.end('task/1')).toBeGreaterThanOrEqual(2);
    });

    it('does not end what runs for another task or for a task whose id begins alike', async () => {
      trees.spawn(shell('touch ready; sleep 600', { treeId: 'task/12' }));
      await until(() => existsSync(join(folder, 'ready')));

      expect(await trees.end('task/1')).toBe(0);
      expect(await trees.reap()).toBe(0);
      expect(marked().length).toBeGreaterThan(0);
      expect(await trees.end('task/12')).toBeGreaterThan(0);
      expect(marked()).toEqual([]);
    });

    it('leaves nothing after a kill -9 of the process that started it, once that was reaped', async () => {
      writeFileSync(join(folder, 'family'), FAMILY);
      const source = new URL('../../src/process/create-process-trees.ts', import.meta.url).href;
      const program = `
        const { createProcessTrees } = await import(${JSON.stringify(source)});
        const trees = await createProcessTrees({ owner: ${JSON.stringify(owner)}, isolation: '${isolation}' });
        trees.spawn({ treeId: 't', command: 'sh', args: ['family'], cwd: ${JSON.stringify(folder)}, env: { PATH: process.env.PATH } });
        setInterval(() => {}, 1000);`;
      const host = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'ignore' });
      await startFamily();

      host.kill('SIGKILL');
      await once(host, 'exit');
      if (isolation === 'bubblewrap') await until(() => marked().length === 0, 1_000);
      else expect(marked().length).toBeGreaterThan(0);
      const count = await trees.reap();

      expect(count > 0).toBe(isolation === 'none');
      expect(marked()).toEqual([]);
    });

    it('caps giant output and a line without end, and closes stdin', async () => {
      const lines: string[] = [];
      const script = 'cat; echo first; head -c 100000000 /dev/zero | tr "\\0" x; echo; printf "last"';

      const result = await trees.run({
        ...shell(script),
        timeoutMs: 60_000,
        maxOutputBytes: 10_000,
        onLine: (line) => lines.push(line),
      });

      expect(result.exitCode).toBe(0);
      expect(result.output.length).toBeLessThan(10_100);
      expect(result.output).toMatch(/^first\nx+\n\[… 9999\d{4} bytes cut …]\nx+\nlast$/);
      expect(lines.map((line) => line.length)).toEqual([5, 4096, 4]);
    });

    it('decodes leniently what is not UTF-8', async () => {
      const lines: string[] = [];

      const result = await trees.run({
        ...shell("printf 'caf\\351 \\377\\376\\n'; printf 'err\\200' >&2"),
        timeoutMs: 10_000,
        onLine: (line) => lines.push(line),
      });

      expect(result.output).toContain('caf\ufffd');
      expect(lines.toSorted()).toEqual(['caf\ufffd \ufffd\ufffd', 'err\ufffd']);
    });

    it('gives a program nothing of our environment but what it is told', async () => {
      const result = await trees.run({ ...shell('env | cut -d= -f1 | sort'), timeoutMs: 10_000 });

      const names = result.output
        .trim()
        .split('\n')
        .filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name));
      expect(names).toEqual(['PATH', 'TASKFLEET_PROGRAM', 'TASKFLEET_TREE']);
    });

    it('talks with a spawned program over its pipes', async () => {
      const child = trees.spawn(shell('', { command: 'cat', args: [] }));
      const exit = once(child as never, 'exit');

      child.stdin.end('spoken\n');
      const chunks: Buffer[] = [];
      for await (const chunk of child.stdout) chunks.push(chunk as Buffer);

      expect(Buffer.concat(chunks).toString()).toBe('spoken\n');
      expect(await exit).toEqual([0, null]);
    });

    it('says which program or folder is missing', async () => {
      const nothing = trees.run({ ...shell('', { command: 'no-such-program' }), timeoutMs: 1_000 });
      const nowhere = trees.run({ ...shell('true', { cwd: join(folder, 'gone') }), timeoutMs: 1_000 });

      await expect(nothing).rejects.toMatchObject({
        type: 'ConfigError',
        message: expect.stringContaining('no-such-program'),
      });
      await expect(nowhere).rejects.toMatchObject({ type: 'WorkspaceLost' });
    });

    it('starts nothing when it is aborted already', async () => {
      const result = await trees.run({ ...shell('touch started', { signal: AbortSignal.abort() }), timeoutMs: 1_000 });

      expect(result.aborted).toBe(true);
      expect(existsSync(join(folder, 'started'))).toBe(false);
    });
  });
}

describe('createProcessTrees', () => {
  it('takes bubblewrap by itself where it works', async () => {
    const trees = await createProcessTrees({ owner, isolation: 'auto' });

    expect(trees.isolation).toBe(hasBubblewrap ? 'bubblewrap' : 'none');
  });
});
