import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { GateResult } from '../../src/contract/gate-result.ts';
import type { GateSetting } from '../../src/contract/repo-settings.ts';
import { findGates } from '../../src/gates/find-gates.ts';
import { runGates, type GatesRun } from '../../src/gates/run-gates.ts';
import { runSetup } from '../../src/gates/run-setup.ts';
import { openGateFixture, type GateFixture } from './fake-gate-tools.ts';
import { promptly } from '../support/promptly.ts';

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

async function runOne(
  command: string,
  more: Partial<GateSetting> = {},
): Promise<{ result: GateResult; feedback: string }> {
  const report = await runGates(fixture, gatesRun([gate(command, more)]));
  const [result] = report.gates;
  if (!result) throw new Error('the report has no gate');
  return { result, feedback: report.feedback };
}

async function runFound(
  files: Record<string, string>,
): Promise<{ verdicts: Record<string, string>; feedback: string }> {
  const cwd = fixture.folder(files);
  const found = findGates(cwd, { gateTimeoutSeconds: 120 });
  await runSetup(fixture, { ...gatesRun([], { cwd }), commands: found.setup, timeoutMs: 120_000 });
  const report = await runGates(fixture, gatesRun(found.gates, { cwd, lacksTests: found.lacksTests }));
  const verdicts = Object.fromEntries(report.gates.map((one) => [one.name, `${one.verdict}: ${one.summary}`]));
  return { verdicts, feedback: report.feedback };
}

describe('gates of real packages', () => {
  const manifest = JSON.stringify({ name: 'adder', scripts: { test: 'node --test' } });
  const sound =
    "import test from 'node:test';\nimport assert from 'node:assert';\ntest('adds', () => assert.equal(1 + 1, 2));\n";

  it('passes a small npm package and counts its tests', async () => {
    const { verdicts, feedback } = await runFound({ 'package.json': manifest, 'a.test.mjs': sound });

    expect(verdicts).toEqual({ tests: 'green: 1 passed' });
    expect(feedback).toBe('');
  });

  it('hands the failing assertion of a red one on', async () => {
    const { verdicts, feedback } = await runFound({
      'package.json': manifest,
      'a.test.mjs': `${sound}test('subtracts', () => assert.equal(3 - 1, 1));\n`,
    });

    expect(verdicts).toEqual({ tests: 'red: 1 failed, 1 passed' });
    expect(feedback).toMatch(/^## Gate tests: red, 1 failed, 1 passed\n\$ npm test\n/);
    expect(feedback).toContain('subtracts');
    expect(feedback).toMatch(/AssertionError.*2 !?==? 1/);
  });

  it('says that a package without a test has none', async () => {
    const { verdicts, feedback } = await runFound({ 'package.json': manifest });

    expect(verdicts).toEqual({ tests: 'missing: no tests were run' });
    expect(feedback).toContain('no tests were run');
  });

  it('says that a repository without any build tool has no tests', async () => {
    const { verdicts, feedback } = await runFound({ 'README.md': '' });

    expect(verdicts).toEqual({ tests: 'missing: no tests were found in the repository' });
    expect(feedback).toContain('no tests were found');
  });

  it('runs a Python package by unittest in a virtual environment of its own', async () => {
    const { verdicts, feedback } = await runFound({
      'requirements.txt': '',
      'test_adder.py': [
        'import sys, unittest',
        'class Adds(unittest.TestCase):',
        '    def test_adds(self): self.assertEqual(1 + 1, 2)',
        '    def test_isolated(self): self.assertNotEqual(sys.prefix, sys.base_prefix)',
        '    def test_wrong(self): self.assertEqual(1 + 1, 3)',
      ].join('\n'),
    });

    expect(verdicts).toEqual({ tests: 'red: 1 failed, 2 passed' });
    expect(feedback).toContain('AssertionError: 2 != 3');
  }, 120_000);

  it('runs a Makefile where there is nothing else', async () => {
    const { verdicts } = await runFound({ Makefile: 'lint:\n\t@exit 3\ntest:\n\t@echo "1..1"; echo "ok 1"\n' });

    expect(verdicts).toEqual({ lint: 'red: exit 2', tests: 'green: 1 passed' });
  });
});

describe('gates that misbehave', () => {
  it('ends one that hangs, with all it started, and says so', async () => {
    const { result, feedback } = await runOne('trap "" TERM; setsid sleep 611 & echo busy; sleep 611', {
      timeoutSeconds: 1,
    });

    expect(result).toMatchObject({ verdict: 'timeout', summary: 'not done after 1s' });
    expect(result.durationMs).toBeLessThan(promptly(4_000));
    expect(feedback).toContain('busy');
    expect(await fixture.trees.end('x-1')).toBe(0);
  });

  it('lets no gate wait for processes that it left behind, nor these live on', async () => {
    const spawn = 'for i in 1 2 3 4 5 6 7 8 9 10; do setsid sh -c "sleep 612 & sleep 612" & done';

    const { result } = await runOne(`${spawn}; sleep 0.1; echo done`);

    expect(result.verdict).toBe('green');
    expect(result.durationMs).toBeLessThan(promptly(3_000));
    expect(await fixture.trees.end('x-1')).toBe(0);
  });

  it('keeps 5 MB of giant output, and 4 KB of a line without end', async () => {
    const { result } = await runOne('echo begin; head -c 60000000 /dev/zero | tr "\\0" x; echo; echo end; exit 1');

    const log = fixture.stored.get(result.log ?? '');
    expect(result).toMatchObject({ verdict: 'red', summary: 'exit 1' });
    expect(log?.length).toBeLessThan(5.1 * 1024 * 1024);
    expect(log?.toString().startsWith('begin\nx')).toBe(true);
    expect(log?.toString()).toMatch(/bytes cut[^]*x\nend\n$/);
    expect(Math.max(...fixture.entries.map((entry) => entry.text.length))).toBe(4096);
  });

  it('takes output that is not UTF-8', async () => {
    const { result, feedback } = await runOne("printf 'caf\\351\\000\\033[31m \\377\\n'; exit 1");

    expect(result.verdict).toBe('red');
    expect(feedback).toContain('caf\ufffd \ufffd');
    expect(fixture.entries.map((entry) => entry.text)).toContain('caf\ufffd \ufffd');
  });

  it('tells a missing program from a red gate', async () => {
    const { result, feedback } = await runOne('no-such-linter --strict');

    expect(result).toMatchObject({
      verdict: 'missing',
      exitCode: 127,
      summary: "the program 'no-such-linter' was not found",
    });
    expect(feedback).toContain('no-such-linter --strict');
  });

  it('counts a gate that ends by a signal as red', async () => {
    expect((await runOne('kill -9 $$')).result.verdict).toBe('red');
  });

  it('stops within two seconds when aborted', async () => {
    const controller = new AbortController();
    const report = runGates(fixture, gatesRun([gate('trap "" TERM; sleep 613')], { signal: controller.signal }));
    await sleep(200);
    const begun = Date.now();

    controller.abort();

    await expect(report).rejects.toThrow(/abort/);
    expect(Date.now() - begun).toBeLessThan(promptly(2_000));
    expect(await fixture.trees.end('x-1')).toBe(0);
  });

  it('has no time left for a gate when those before it used it up', async () => {
    const run = gatesRun([gate('sleep 5', { name: 'a' }), gate('sleep 5', { name: 'b' })], { timeoutMs: 700 });

    const report = await runGates(fixture, run);

    expect(report.gates.map((one) => one.verdict)).toEqual(['timeout', 'timeout']);
    expect(report.durationMs).toBeLessThan(promptly(4_000));
  });

  it('shows a secret of the repository’s own environment nowhere', async () => {
    const env = { ...fixture.env, TEST_TOKEN: 'canary-1234' };

    const report = await runGates(fixture, gatesRun([gate('echo "token is $TEST_TOKEN"; exit 1')], { env }));

    expect(report.feedback).toContain('token is ***');
    expect(JSON.stringify([report, fixture.entries, [...fixture.stored.values()].map(String)])).not.toContain('canary');
  });

  it('writes what happens into the task’s log as it happens', async () => {
    await runOne('echo one; echo two >&2');

    expect(fixture.entries).toContainEqual({ source: 'gate', name: 'smoke', text: '$ echo one; echo two >&2' });
    expect(fixture.entries).toContainEqual({ source: 'gate', name: 'smoke', text: 'two' });
    expect(fixture.entries.at(-1)).toEqual({ source: 'gate', name: 'smoke', text: 'green: exit 0' });
  });
});

describe('runSetup', () => {
  it('runs the commands in order in the workspace', async () => {
    const cwd = fixture.folder();

    await runSetup(fixture, {
      ...gatesRun([], { cwd }),
      commands: ['echo a > made', 'cp made again'],
      timeoutMs: 10_000,
    });

    expect(existsSync(join(cwd, 'again'))).toBe(true);
    expect(fixture.entries[0]).toEqual({ source: 'setup', text: '$ echo a > made' });
  });

  it('fails with the end of the output, and runs nothing after that', async () => {
    const cwd = fixture.folder();
    const commands = ['echo "npm error 404 left-pad"; exit 4', 'touch after'];

    const setup = runSetup(fixture, { ...gatesRun([], { cwd }), commands, timeoutMs: 10_000 });

    await expect(setup).rejects.toMatchObject({
      type: 'SetupFailed',
      message: expect.stringMatching(/exit 4\nnpm error 404/),
    });
    expect(existsSync(join(cwd, 'after'))).toBe(false);
  });

  it('fails when it takes too long', async () => {
    const setup = runSetup(fixture, { ...gatesRun([]), commands: ['sleep 614'], timeoutMs: 300 });

    await expect(setup).rejects.toMatchObject({
      type: 'SetupFailed',
      message: expect.stringContaining('not done in time'),
    });
  });
});
