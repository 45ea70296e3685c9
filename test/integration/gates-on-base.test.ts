import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { GateSetting } from '../../src/contract/repo-settings.ts';
import { createBaseVerdicts, type BaseRequest } from '../../src/gates/base-verdicts.ts';
import { runGates, type GatesRun } from '../../src/gates/run-gates.ts';
import { openGateFixture, type GateFixture } from './fake-gate-tools.ts';

let fixture: GateFixture;
beforeEach(async () => {
  fixture = await openGateFixture('auto');
});

function gate(command: string, more: Partial<GateSetting> = {}): GateSetting {
  return { name: 'smoke', command, timeoutSeconds: 60, ...more };
}

function gatesRun(gates: GateSetting[], more: Partial<GatesRun> = {}): GatesRun {
  return {
    taskId: 'task:x#1',
    treeId: 'x-1',
    cwd: more.cwd ?? fixture.folder(),
    env: fixture.env,
    gates,
    lacksTests: false,
    baseRed: 'accept',
    timeoutMs: 120_000,
    ...more,
  };
}

describe('gates that are red on the base', () => {
  let opened: number;
  let verdicts: ReturnType<typeof createBaseVerdicts>;
  beforeEach(() => {
    opened = 0;
    verdicts = createBaseVerdicts({ folder: join(fixture.folder(), 'verdicts'), trees: fixture.trees });
  });

  function request(one: GateSetting, base: Record<string, string>): BaseRequest {
    return {
      repo: 'host/o/r',
      baseSha: 'a'.repeat(40),
      gate: one,
      treeId: 'x-1',
      env: fixture.env,
      timeoutMs: 60_000,
      open: async () => {
        opened += 1;
        return fixture.folder(base);
      },
    };
  }

  async function compare(
    command: string,
    files: { work: Record<string, string>; base: Record<string, string> },
    more: Partial<GatesRun & GateSetting> = {},
  ) {
    const one = gate(command, { name: more.name ?? 'tests' });
    const run = gatesRun([one], {
      cwd: fixture.folder(files.work),
      judgeBase: (asked) => verdicts.judge(request(asked, files.base)),
    });
    const report = await runGates(fixture, { ...run, ...(more.baseRed && { baseRed: more.baseRed }) });
    return { verdict: report.gates[0]?.verdict, summary: report.gates[0]?.summary, feedback: report.feedback };
  }

  it('tells them apart, and does not ask the session to mend them', async () => {
    const result = await compare('cat out; exit 1', {
      work: { out: '# pass 3\n# fail 2\n' },
      base: { out: '# pass 3\n# fail 2\n' },
    });

    expect(result).toEqual({
      verdict: 'red-on-base',
      summary: '2 failed, 3 passed; on the base: 2 failed, 3 passed',
      feedback: '',
    });
  });

  it('still blames the change when more fails than before', async () => {
    const result = await compare('cat out; exit 1', {
      work: { out: '# pass 2\n# fail 3\n' },
      base: { out: '# pass 3\n# fail 2\n' },
    });

    expect(result.verdict).toBe('red');
    expect(result.feedback).toContain('on the base: 2 failed, 3 passed');
  });

  it('blames the change when the base is green', async () => {
    expect(await compare('test -f good', { work: {}, base: { good: '' } })).toMatchObject({ verdict: 'red' });
  });

  it('does not look at the base when the gate is green, or when the settings hold the change up anyway', async () => {
    await compare('true', { work: {}, base: {} });
    const result = await compare('false', { work: {}, base: {} }, { baseRed: 'block' });

    expect(result.verdict).toBe('red');
    expect(opened).toBe(0);
  });

  it('excuses a linter that is missing on the base too, but never tests that cannot be run', async () => {
    const lint = await compare('no-such-linter', { work: {}, base: {} }, { name: 'lint' });
    const tests = await compare('no-such-runner', { work: {}, base: {} }, { name: 'tests' });

    expect([lint.verdict, tests.verdict]).toEqual(['red-on-base', 'missing']);
  });

  it('runs a gate on the base once for twenty tasks at once, and not again after a restart', async () => {
    const one = gate('echo x >> "$HOME/count"; exit 1');
    const folder = join(fixture.folder(), 'kept');
    const before = createBaseVerdicts({ folder, trees: fixture.trees });

    const all = await Promise.all(Array.from({ length: 20 }, () => before.judge(request(one, {}))));
    const after = await createBaseVerdicts({ folder, trees: fixture.trees }).judge(request(one, {}));

    expect(new Set([...all, after].map((verdict) => verdict.verdict))).toEqual(new Set(['red']));
    expect(readFileSync(join(fixture.env['HOME'] as string, 'count'), 'utf8')).toBe('x\n');
    expect(opened).toBe(1);
  });

  it('goes on by itself when the task that it waited for is cancelled', async () => {
    const controller = new AbortController();
    const one = gate('sleep 0.5; exit 1');
    const first = verdicts.judge({ ...request(one, {}), treeId: 'x-2', signal: controller.signal });
    const second = verdicts.judge(request(one, {}));
    await sleep(100);

    controller.abort();

    await expect(first).rejects.toThrow(/abort/);
    expect(await second).toMatchObject({ verdict: 'red' });
  });
});
