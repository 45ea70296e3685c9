import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { promptly } from '../support/promptly.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = join(root, 'bin/taskfleet.mjs');
const NOBODY_LISTENS = '127.0.0.1:9';

// whole programs on a machine that may be busy
jest.setTimeout(60_000);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

describe('taskfleet as a user runs it', () => {
  let home: string;

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'taskfleet-cli-'));
  });

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  function run(
    args: readonly string[],
    more: { env?: Record<string, string>; script?: string; stdin?: string } = {},
  ): Promise<Ended> {
    const began = performance.now();
    const child = spawn(process.execPath, [more.script ?? bin, ...args], {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, TEMPORAL_ADDRESS: NOBODY_LISTENS, ...more.env },
    });
    child.stdin.end(more.stdin ?? '');
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve) => {
      child.on('close', (code) => resolve({ code, stdout, stderr, ms: performance.now() - began }));
    });
  }

  it('answers --help and --version at once, without loading what a help text does not need', async () => {
    await run(['--help']);
    const help = await run(['--help']);
    const version = await run(['--version']);

    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    // 80 ms on an idle machine: the rest is room for a busy one
    expect(Math.min(help.ms, version.ms)).toBeLessThan(promptly(600));
  });

  it('exits 2 for a command that is not there, and says which one may be meant', async () => {
    const { code, stderr, stdout } = await run(['stauts']);

    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean status?');
    expect(stdout).toBe('');
  });

  it('exits 4 where Temporal is not reachable, and names address and setting', async () => {
    const { code, stderr, stdout } = await run(['list']);

    expect(code).toBe(4);
    expect(stderr).toContain(NOBODY_LISTENS);
    expect(stderr).toContain('temporal.address');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
  });

  it('shows the stack with --verbose only', async () => {
    expect((await run(['list', '--verbose'])).stderr).toMatch(/\n\s+at /);
  });

  it('reports all mistakes of the configuration at once and exits 2', async () => {
    const file = join(home, 'wrong.yaml');
    writeFileSync(file, 'temporal:\n  adress: x\nlimits:\n  taskBudgetUsd: -1\nmodle: opus\n');

    const { code, stderr } = await run(['--config', file, 'config', 'show']);

    expect(code).toBe(2);
    expect(stderr).toContain("wrong.yaml:2: temporal.adress: unknown setting; did you mean 'temporal.address'?");
    expect(stderr).toContain('wrong.yaml:4: limits.taskBudgetUsd: expected a number above 0, not -1');
    expect(stderr).toContain("wrong.yaml:5: modle: unknown setting; did you mean 'model'?");
  });

  it('writes nothing and needs no fleet for a dry run, with the prompt from stdin', async () => {
    const before = readdirSync(home).sort();

    const { code, stdout } = await run(['run', '--prompt', '-', '--dry-run'], {
      stdin: 'Why does the sky look blue?\n',
    });

    expect(code).toBe(0);
    expect(stdout).toContain('Why does the sky look blue?');
    expect(stdout).toContain('found in the workspace');
    expect(readdirSync(home).sort()).toEqual(before);
  });

  it('prints no colour codes into a pipe', async () => {
    const { stdout, stderr } = await run(['doctor'], { env: { FORCE_COLOR: '1' } });

    expect(stdout).toContain('✔ node');
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it('checks every prerequisite as one JSON document and exits 1 where one is missing', async () => {
    const { code, stdout } = await run(['doctor', '--json'], { env: { TASKFLEET_CLAUDE: '/nonexistent/claude' } });

    const { ok, checks } = JSON.parse(stdout) as {
      ok: boolean;
      checks: { name: string; verdict: string; mend?: string }[];
    };
    expect(code).toBe(1);
    expect(ok).toBe(false);
    expect(checks.find((check) => check.name === 'claude')).toMatchObject({
      verdict: 'missing',
      mend: expect.stringContaining('claude.executable'),
    });
    expect(checks.map((check) => check.name)).toEqual(
      expect.arrayContaining([
        'node',
        'git',
        'isolation',
        'data folder',
        'cache folder',
        'disk',
        'temporal',
        'temporal server',
        'coordinator',
        'github',
        'model key',
      ]),
    );
  });

  it('says what a missing token needs, and writes a configuration that sets nothing with --yes only', async () => {
    const dry = await run(['setup']);
    expect(dry.code).toBe(1);
    expect(dry.stdout).toContain('Pull requests (read and write)');
    expect(existsSync(join(home, 'taskfleet.config.yaml'))).toBe(false);

    await run(['setup', '--yes']);
    const shown = await run(['config', 'show', '--json']);

    const { file, origins } = JSON.parse(shown.stdout) as { file: string; origins: Record<string, string> };
    expect(file).toBe(join(home, 'taskfleet.config.yaml'));
    expect(Object.keys(origins)).toEqual(['temporal.address']);
    rmSync(file);
  });

  it('runs what was compiled where there are no sources, and passes its exit code on', async () => {
    const published = join(home, 'published');
    mkdirSync(join(published, 'dist/src/cli'), { recursive: true });
    mkdirSync(join(published, 'bin'));
    cpSync(bin, join(published, 'bin/taskfleet.mjs'));
    symlinkSync(join(root, 'package.json'), join(published, 'package.json'));
    writeFileSync(
      join(published, 'dist/src/cli/main.js'),
      "console.log('compiled', process.argv.slice(2).join(' ')); process.exitCode = 7;",
    );

    const { code, stdout } = await run(['list', '--x'], { script: join(published, 'bin/taskfleet.mjs') });

    expect(stdout).toBe('compiled list --x\n');
    expect(code).toBe(7);
  });
});
