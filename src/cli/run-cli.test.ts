import { describe, expect, it } from '@jest/globals';
import { exitCodeOfEnd } from './follow-task.ts';
import { nextRun } from './commands/retry.ts';
import { describeOutcome } from './commands/run.ts';
import { ExitCode } from './exit-code.ts';
import { buildProgram } from './program.ts';
import { runCli, separateForwarded } from './run-cli.ts';

async function run(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const code = await runCli(args, {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env: { HOME: '/nonexistent', PATH: '', XDG_CONFIG_HOME: '/nonexistent' },
    cwd: '/',
  });
  return { code, ...written };
}

const world = { stdout: { write: () => true }, stderr: { write: () => true }, env: {}, cwd: '/' };
const commands = buildProgram(world, async () => undefined).commands.map((command) => command.name());

describe('the command line', () => {
  it.each(commands)('explains %s', async (name) => {
    const { code, stdout } = await run(name, '--help');

    expect(code).toBe(ExitCode.Ok);
    expect(stdout).toContain(`taskfleet ${name}`);
    expect(stdout).toContain('--json');
  });

  it('has every command that the documentation names', () => {
    expect(commands).toEqual(
      expect.arrayContaining([
        ...[
          'setup',
          'doctor',
          'up',
          'coordinator',
          'worker',
          'run',
          'list',
          'show',
          'logs',
          'cancel',
          'pause',
          'resume',
        ],
        ...['retry', 'approve', 'reject', 'agents', 'status', 'config', 'temporal', 'demo'],
      ]),
    );
  });

  it('documents the exit codes and gives examples', async () => {
    const { stdout } = await run('--help');

    for (const code of Object.values(ExitCode)) expect(stdout).toMatch(new RegExp(`^ +${code} +\\w`, 'm'));
    expect(stdout).toContain('taskfleet run --repo owner/name --issue 12 --watch');
  });

  it('suggests the command that was meant', async () => {
    const { code, stderr } = await run('lisst');

    expect(code).toBe(ExitCode.Usage);
    expect(stderr).toContain('Did you mean list?');
  });

  it.each([
    [['run'], 'give either --issue or --prompt'],
    [['run', '--issue', '12', '--prompt', 'x'], 'give either --issue or --prompt'],
    [['run', '--issue', '12'], "an issue needs its 'repo'"],
    [['run', '--issue', 'twelve', '--repo', 'o/r'], "'twelve' is no issue"],
    [['run', '--prompt', 'x', '--budget', '-3'], 'amount of dollars'],
    [['run', '--prompt', 'x', '--priority', '9'], '1 (first) to 5 (last)'],
    [['run', '--prompt', 'x', '--repo', 'ext::sh -c x'], 'no usable repository'],
    [['run', '--prompt', 'x', '--specialty', 'bakend'], "Did you mean 'backend'?"],
    [['run', '--prompt', 'x', '--definition', 'deafult'], "Did you mean 'default'?"],
    [['run', '--prompt', 'x', '--repo', 'o/r', '--output', 'dir'], '--output is for tasks without a repository'],
    [['list', '--limit', 'many'], 'whole number'],
    [['approve', 'x'], '--stage'],
    [['worker', '--specialties', 'nonsense', '--slots', '2'], "no specialty 'nonsense'"],
    [['worker', '--slots', '2', '--id', 'Not A Name'], 'option --id: host.id'],
  ])('refuses %j in words', async (args, words) => {
    const { code, stderr, stdout } = await run(...args);

    expect(stderr).toContain(words);
    expect(code).toBe(ExitCode.Usage);
    expect(stdout).toBe('');
  });

  it('prints exactly one JSON document for an error with --json', async () => {
    const { code, stdout } = await run('--json', 'run', '--issue', '12');

    expect(code).toBe(ExitCode.Usage);
    expect(JSON.parse(stdout)).toEqual({
      error: { type: 'CommandError', message: expect.stringContaining('repo'), hint: expect.any(String) },
    });
  });

  it('plans a dry run without a fleet, a token or a network', async () => {
    const { code, stdout } = await run(
      'run',
      '--repo',
      'o/r',
      '--prompt',
      'Add a test for the parser',
      '--dry-run',
      '--json',
    );

    expect(code).toBe(ExitCode.Ok);
    expect(JSON.parse(stdout)).toMatchObject({
      id: expect.stringMatching(/^task:github\.com\/o\/r\/[0-9a-f]{16}$/),
      branch: expect.stringMatching(/^claude\/task-[0-9a-f]{16}-<time>$/),
      stages: ['analysis', 'code', 'gates', 'pull-request'],
      gates: 'found in the workspace',
      capUsd: 5,
      dryRun: true,
    });
  });

  it('shows the settings in force with secrets masked', async () => {
    const written = { stdout: '' };
    await runCli(['config', 'show', '--json'], {
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: () => true },
      env: { HOME: '/nonexistent', GITHUB_TOKEN: 'ghp_abcdefgh1234' },
      cwd: '/',
    });

    expect(JSON.parse(written.stdout)).toMatchObject({
      settings: { github: { token: '***1234' } },
      origins: { 'github.token': 'variable GITHUB_TOKEN' },
    });
  });
});

describe('the pieces of commands', () => {
  it('leaves to Temporal what comes after its name', () => {
    expect(separateForwarded(['temporal', 'workflow', 'list', '--limit', '3'])).toEqual([
      'temporal',
      '--',
      'workflow',
      'list',
      '--limit',
      '3',
    ]);
    expect(separateForwarded(['--config', 'temporal', 'list'])).toEqual(['--config', 'temporal', 'list']);
    expect(separateForwarded(['temporal', '--help'])).toEqual(['temporal', '--help']);
    expect(separateForwarded(['temporal', '--', '-v'])).toEqual(['temporal', '--', '-v']);
    expect(separateForwarded(['show', 'temporal'])).toEqual(['show', 'temporal']);
  });

  it('makes a retry of the same input one generation on', () => {
    expect(nextRun({ repo: 'o/r', issue: 1, generation: 2 }, 'task:x')).toMatchObject({
      id: 'task:x',
      generation: 3,
      issue: 1,
    });
    expect(nextRun({ repo: 'o/r', issue: 1 }, 'task:x').generation).toBe(2);
  });

  it('says that the same task typed twice is one task', () => {
    expect(describeOutcome('running', 'task:x')[0]).toContain('running already');
    expect(describeOutcome('ended', 'task:x')[1]).toContain("taskfleet retry 'task:x'");
  });

  it('tells a script how a task ended', () => {
    expect(exitCodeOfEnd('completed')).toBe(0);
    expect(exitCodeOfEnd('no-change')).toBe(0);
    expect(exitCodeOfEnd('over-budget')).toBe(5);
  });
});
