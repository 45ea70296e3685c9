import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createGateActivities, type GateActivityDeps } from '../../activities/gates.ts';
import type { HostActivities, TaskFrame } from '../../src/contract/activities.ts';
import type { GatesReport } from '../../src/contract/gate-result.ts';
import { RepoSettings } from '../../src/contract/repo-settings.ts';
import { createBaseVerdicts } from '../../src/gates/base-verdicts.ts';
import { createServices } from '../../src/services/services.ts';
import { openGateFixture, type GateFixture } from './fake-gate-tools.ts';
import { promptly } from '../support/promptly.ts';

let fixture: GateFixture;
let activities: Pick<HostActivities, 'runGates' | 'runCommand'>;
let work: string;
let base: string;
let bases: { opened: number; disposed: number };
beforeEach(async () => {
  fixture = await openGateFixture('auto');
  work = fixture.folder();
  base = fixture.folder();
  bases = { opened: 0, disposed: 0 };
  const deps: GateActivityDeps = {
    ...fixture,
    workspaces: {
      find: async ({ settings }) => ({
        work,
        root: work,
        trusted: work,
        mirror: work,
        env: { ...fixture.env, ...settings.env },
        portBase: 21_900,
      }),
    },
    openBase: async () => {
      bases.opened += 1;
      return { path: base, dispose: async () => void (bases.disposed += 1) };
    },
    services: createServices(fixture),
    baseVerdicts: createBaseVerdicts({ folder: join(fixture.folder(), 'verdicts'), trees: fixture.trees }),
  };
  activities = createGateActivities(deps);
});

function frame(settings: object, more: Partial<TaskFrame> = {}): TaskFrame {
  return {
    id: 'task:github.com/o/r#1',
    generation: 1,
    epoch: 1,
    key: 'github.com-o-r-1',
    repo: 'github.com/o/r',
    kind: 'forge',
    issue: 1,
    issueUrl: null,
    title: 'A task',
    branch: 'claude/issue-1-20260101000000',
    base: 'main',
    baseSha: 'b'.repeat(40),
    specialty: { name: 'general', model: 'sonnet', prompt: 'general', tools: [] },
    settings: RepoSettings.parse(settings),
    brief: 'c'.repeat(64),
    ...more,
  };
}

const { runGates, runCommand } = {
  runGates: async (one: TaskFrame, environment = new MockActivityEnvironment()): Promise<GatesReport> =>
    await environment.run(activities.runGates, { frame: one, timeoutMs: 60_000 }),
  runCommand: async (one: TaskFrame, command: string): Promise<GatesReport> =>
    await new MockActivityEnvironment().run(activities.runCommand, {
      frame: one,
      name: 'notify',
      command,
      timeoutMs: 60_000,
    }),
};

describe('gate activities', () => {
  it('opens the base once for all red gates of a change and puts it away again', async () => {
    const gates = [
      { name: 'lint', command: 'exit 3' },
      { name: 'tests', command: 'exit 4' },
      { name: 'smoke', command: 'true' },
    ];

    const report = await runGates(frame({ gates }));

    expect(report.gates.map((gate) => gate.verdict)).toEqual(['red-on-base', 'red-on-base', 'green']);
    expect(bases).toEqual({ opened: 1, disposed: 1 });
  });

  it('takes the change to blame where the base cannot be opened', async () => {
    base = join(base, 'gone');

    const report = await runGates(frame({ gates: [{ name: 'lint', command: 'exit 3' }] }));

    expect(report.gates[0]?.verdict).toBe('red');
    expect(fixture.entries.some((entry) => entry.text.includes('not known'))).toBe(true);
    expect(bases).toEqual({ opened: 1, disposed: 1 });
  });

  it('says that tests are missing unless the settings want no gates, or the task has no repository', async () => {
    const found = await runGates(frame({}));
    const none = await runGates(frame({ gates: [] }));
    const scratch = await runGates(frame({}, { kind: 'scratch', repo: null }));

    expect(found.gates).toMatchObject([{ name: 'tests', verdict: 'missing' }]);
    expect([none.gates, scratch.gates]).toEqual([[], []]);
  });

  it('starts the services of the repository first', async () => {
    const server = "require('node:net').createServer(c => c.end('served')).listen(process.env.PORT, '127.0.0.1')";
    const services = [{ name: 'db', command: `exec "${process.execPath}" -e "${server}"`, readyPort: 0 }];
    const gates = [
      { name: 'tests', command: "node -e \"require('node:net').connect(21900, '127.0.0.1').pipe(process.stdout)\"" },
    ];

    const report = await runGates(frame({ services, gates }));

    expect(report.gates[0]?.verdict).toBe('green');
    expect(fixture.stored.get(report.gates[0]?.log ?? '')?.toString()).toBe('served');
    await fixture.trees.end('github.com-o-r-1');
  });

  it('runs the command of a stage in the workspace with the environment of the repository', async () => {
    const one = frame({ env: { GREETING: 'hello' } });

    const good = await runCommand(one, 'echo "$GREETING" > greeting; cat greeting');
    const bad = await runCommand(one, 'cat greeting; exit 9');

    expect(good).toMatchObject({ gates: [{ name: 'notify', verdict: 'green' }], feedback: '' });
    expect(bad.gates[0]).toMatchObject({ verdict: 'red', summary: 'exit 9' });
    expect(bad.feedback).toContain('hello');
    expect(bases.opened).toBe(0);
  });

  it('leaves no process within two seconds of being cancelled', async () => {
    const environment = new MockActivityEnvironment();
    const command = 'trap "" TERM; setsid sh -c \'trap "" TERM; sleep 618\' & sleep 618';
    const report = runGates(frame({ gates: [{ name: 'tests', command }] }), environment);
    const outcome = report.then(
      () => 'done',
      () => 'cancelled',
    );
    await sleep(300);
    const begun = Date.now();

    environment.cancel('CANCELLED');

    expect(await outcome).toBe('cancelled');
    expect(Date.now() - begun).toBeLessThan(promptly(2_000));
    expect(await fixture.trees.end('github.com-o-r-1')).toBe(0);
  });
});
