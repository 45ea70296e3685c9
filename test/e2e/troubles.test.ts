import { symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { locateClaude } from '../../src/claude/find-claude.ts';
import { startFleetRig, type FleetRig } from '../support/fleet-rig.ts';
import { QUICK, QUICKLY } from '../support/rig-definitions.ts';
import { TINY } from '../support/rig-folder.ts';
import { ADD_DOUBLE } from '../support/rig-scripts.ts';

// a whole fleet on a machine that may be busy
jest.setTimeout(240_000);

const LOUD = `node -e "const b=Buffer.alloc(1<<20,0xfe);for(let i=0;i<24;i++)process.stdout.write(b);console.log('\\nlast words')"; exit 3`;
const [CODE, ...REST] = QUICK.stages;

describe('a fleet in trouble', () => {
  let rig: FleetRig;

  const config = {
    ...QUICKLY,
    definitions: [QUICK, { name: 'enormous', stages: [{ ...CODE, needs: { diskMb: 900_000_000 } }, ...REST] }],
    repositories: {
      'acme/hangs': { gates: [{ name: 'tests', command: 'echo begun; sleep 300', timeoutSeconds: 2 }] },
      'acme/loud': { gates: [{ name: 'tests', command: LOUD }], baseRed: 'block' },
    },
  };

  beforeAll(async () => {
    const brokenTest =
      "import { test } from 'node:test';\ntest('was broken before', () => { throw new Error('old'); });\n";
    rig = await startFleetRig({
      repos: {
        'acme/tiny': undefined,
        'acme/hangs': undefined,
        'acme/loud': undefined,
        'acme/untested': { 'README.md': '# Nothing to test\n' },
        'acme/red': { ...TINY, 'old.test.js': brokenTest },
      },
      config,
    });
    rig.behave(
      { tag: 'add-double', actions: ADD_DOUBLE },
      {
        tag: 'add-wrong',
        actions: [
          { do: 'write', path: 'double.js', content: 'export const double = (n) => n * 3;\n' },
          ...ADD_DOUBLE.slice(1),
        ],
        repair: { saw: 'doubles', actions: [{ do: 'edit', path: 'double.js', from: 'n * 3', to: 'n * 2' }] },
      },
    );
  });

  afterAll(() => rig.close());

  async function start(repo: string, title = 'add-double', ...more: string[]): Promise<{ issue: number; id: string }> {
    const issue = await rig.forge.issue(repo, title);
    const { code, stderr } = await rig.taskfleet(['run', '--repo', repo, '--issue', String(issue), ...more]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return { issue, id: rig.idOf(repo, issue) };
  }

  it('ends a gate that hangs, and says so', async () => {
    const { id, issue } = await start('acme/hangs');

    const { gates, reason } = await rig.reaches(id, 'failed');

    expect(gates).toMatchObject([{ name: 'tests', verdict: 'timeout' }]);
    expect(reason).toContain('not done after 2s');
    expect(await rig.forge.pullsOf('acme/hangs', issue)).toEqual([]);
    expect(rig.sessionProcesses(id)).toEqual([]);
  });

  it('takes a gate that writes megabytes of no text at all', async () => {
    const { id } = await start('acme/loud');

    const { gates, reason } = await rig.reaches(id, 'failed');

    expect(gates).toMatchObject([{ name: 'tests', verdict: 'red', exitCode: 3 }]);
    expect(reason?.length).toBeLessThan(2_000);
    const log = await rig.taskfleet(['logs', id]);
    expect(log.stdout).toContain('last words');
    expect(log.stdout.length).toBeLessThan(2_000_000);
  });

  it('does not take a repository without tests for a green one', async () => {
    const { id, issue } = await start('acme/untested');

    const { reason } = await rig.reaches(id, 'failed');

    expect(reason).toContain('no tests were found');
    expect(await rig.forge.pullsOf('acme/untested', issue)).toEqual([]);
  });

  it('lets the session mend what the gates found', async () => {
    const { id, issue } = await start('acme/tiny', 'add-wrong');

    const { stages, gates } = await rig.reaches(id, 'completed');

    expect(gates).toMatchObject([{ name: 'tests', verdict: 'green' }]);
    expect(stages.find((stage) => stage.id === 'code')?.rounds).toBe(2);
    expect(await rig.forge.pullsOf('acme/tiny', issue)).toHaveLength(1);
  });

  it('tells a test that was red before from one that the change broke', async () => {
    const { id, issue } = await start('acme/red');

    const { gates } = await rig.reaches(id, 'completed');

    expect(gates).toMatchObject([{ name: 'tests', verdict: 'red-on-base' }]);
    const [pull] = await rig.forge.pullsOf('acme/red', issue);
    expect(pull?.body).toMatch(/red.on.base|on the base/i);
  });

  it('waits for a person where the model refuses the key, and goes on once it is good', async () => {
    rig.modelStatus = 401;
    const { id, issue } = await start('acme/tiny');

    const { waitingFor, actions } = await rig.reaches(id, 'needs-human');
    expect(waitingFor?.what).toMatch(/key|credential|log in/i);
    expect(actions).toContain('resume');
    expect((await rig.taskfleet(['show', id])).stdout).toContain('resume');
    rig.modelStatus = undefined;
    await rig.taskfleet(['resume', id]);

    await rig.reaches(id, 'completed');
    expect(await rig.forge.pullsOf('acme/tiny', issue)).toHaveLength(1);
  });

  it('says that no host has the disk for a stage in place of waiting silently, and can be cancelled', async () => {
    const { id } = await start('acme/tiny', 'add-double', '--definition', 'enormous');

    const status = await rig.reaches(id, 'queued', 'waiting-limit', 'needs-human', 'in-progress');
    expect(status.endedAt).toBeNull();
    const { stdout } = await rig.taskfleet(['show', id]);

    expect(stdout).toMatch(/disk/);
    await rig.taskfleet(['cancel', id]);
    await rig.reaches(id, 'cancelled');
  });

  it('refuses to start without Claude Code; waits for a person where it vanishes later, and goes on once it is back', async () => {
    const claude = join(rig.dir, 'claude');
    rig.configure({ ...config, claude: { executable: claude } });
    await rig.down();
    await expect(rig.up()).rejects.toThrow(`Claude Code is not at ${claude}`);
    symlinkSync(await locateClaude(undefined), claude);
    await rig.up();
    unlinkSync(claude);
    const { id, issue } = await start('acme/tiny');

    const { waitingFor } = await rig.reaches(id, 'needs-human');
    expect(waitingFor?.what).toContain(claude);
    symlinkSync(await locateClaude(undefined), claude);
    await rig.taskfleet(['resume', id]);

    await rig.reaches(id, 'completed');
    expect(await rig.forge.pullsOf('acme/tiny', issue)).toHaveLength(1);
  });

  it('says where Temporal should be when it is not there', async () => {
    const env = { TEMPORAL_ADDRESS: '127.0.0.1:9' };
    const elsewhere = { ...env, TASKFLEET_DATA_DIR: join(rig.dir, 'elsewhere') };

    const [run, list, worker, up] = await Promise.all([
      rig.taskfleet(['run', '--repo', 'acme/tiny', '--issue', '1'], { env }),
      rig.taskfleet(['list'], { env }),
      rig.taskfleet(['worker'], { env: elsewhere }),
      rig.taskfleet(['up'], { env: elsewhere }),
    ]);

    expect({ run: run.code, list: list.code }).toEqual({ run: 4, list: 4 });
    for (const { code, stdout, stderr } of [run, list, worker, up]) {
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain('127.0.0.1:9');
    }
  });
});
