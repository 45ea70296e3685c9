import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identityOf, isAlive } from '../../src/supervisor/process-identity.ts';
import { lockHolder, tryProcessLock } from '../../src/supervisor/process-lock.ts';
import { runProgram, startProgram } from '../../src/supervisor/programs.ts';
import type { ProgramExit } from '../../src/supervisor/programs.ts';
import { EXIT_CONFIG, supervise } from '../../src/supervisor/supervise.ts';

const env = { PATH: process.env['PATH'] };
const backoff = { firstMs: 20, maxMs: 100, resetMs: 10_000 };

describe('the supervisor', () => {
  it('starts a killed program again, after a growing pause', async () => {
    const pauses: (number | null)[] = [];
    const started: number[] = [];
    const third = Promise.withResolvers<void>();
    const kept = supervise({
      start: () => startProgram({ command: 'sleep', args: ['60'], env }),
      backoff,
      onStart: ({ pid = 0 }) => {
        started.push(pid);
        if (started.length === 3) third.resolve();
        else process.kill(pid, 'SIGKILL');
      },
      onExit: (_exit, restartInMs) => pauses.push(restartInMs),
    });

    await third.promise;
    await kept.stop(1_000);

    expect(new Set(started).size).toBe(3);
    expect(pauses).toEqual([20, 40, null]);
    expect(isAlive(identityOf(started[2] ?? 0))).toBe(false);
  });

  it('gives a program up that says its settings are wrong', async () => {
    const exits: ProgramExit[] = [];
    const kept = supervise({
      start: () => startProgram({ command: 'sh', args: ['-c', `exit ${EXIT_CONFIG}`], env }),
      backoff,
      onExit: (exit) => exits.push(exit),
    });

    await expect(kept.done).resolves.toEqual({ gaveUp: true });

    expect(exits).toHaveLength(1);
  });

  it('ends a program that ignores the request, with all it started', async () => {
    const lines: string[] = [];
    const script = 'trap "" TERM; sleep 60 & echo $!; wait; sleep 60';
    const program = startProgram({ command: 'sh', args: ['-c', script], env, onLine: (line) => lines.push(line) });
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));

    const exit = await program.stop(200);

    expect(exit.signal).toBe('SIGKILL');
    expect(isAlive(identityOf(Number(lines[0])))).toBe(false);
  });

  it('says that a program is not there, and does not reject', async () => {
    const result = await runProgram({ command: '/nowhere/at/all', args: [], env, timeoutMs: 1_000 });

    expect(result.error?.message).toContain('ENOENT');
  });
});

describe('the process lock', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'taskfleet-lock-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is held by one at a time, and free again when its holder is killed', async () => {
    const file = join(folder, 'lock');
    const script = join(folder, 'hold.ts');
    const module = new URL('../../src/supervisor/process-lock.ts', import.meta.url).pathname;
    await writeFile(
      script,
      `import { tryProcessLock } from ${JSON.stringify(module)};\n` +
        `tryProcessLock(${JSON.stringify(file)});\nconsole.log('held');\nsetInterval(() => {}, 60_000);\n`,
    );
    const lines: string[] = [];
    const args = ['--disable-warning=ExperimentalWarning', script];
    const holder = startProgram({ command: process.execPath, args, env, onLine: (line) => lines.push(line) });
    while (!lines.includes('held')) await new Promise((resolve) => setTimeout(resolve, 20));

    const whileHeld = tryProcessLock(file);
    const heldBy = lockHolder(file);
    process.kill(holder.pid ?? 0, 'SIGKILL');
    await holder.exited;
    const after = tryProcessLock(file);

    expect(whileHeld).toBeUndefined();
    expect(heldBy).toBe(String(holder.pid));
    expect(after).toBeDefined();
    after?.release();
    expect((await stat(file)).isFile()).toBe(true);
  }, 30_000);
});
