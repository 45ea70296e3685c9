import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { runProgram } from '../../src/supervisor/programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the units say, against the program that they start. */
describe.each(['taskfleet-coordinator', 'taskfleet-worker@'])('the unit %s', (name) => {
  it('starts a command that there is, and does not start it again where its settings are wrong', async () => {
    const unit = await readFile(join(root, 'deploy', 'systemd', `${name}.service`), 'utf8');
    const [, command = ''] = /^ExecStart=\/usr\/bin\/env taskfleet (.+)$/m.exec(unit) ?? [];
    const [, status = ''] = /^RestartPreventExitStatus=(\d+)$/m.exec(unit) ?? [];

    const wrong = await runProgram({
      command: process.execPath,
      args: [join(root, 'bin', 'taskfleet.mjs'), ...command.replace('%i', 'nobody-knows-this-one').split(' ')],
      cwd: tmpdir(),
      env: {
        PATH: process.env['PATH'],
        HOME: tmpdir(),
        TASKFLEET_DATA_DIR: join(tmpdir(), 'taskfleet-units-unused'),
        TASKFLEET_GATEWAY_LISTEN: 'nonsense',
      },
      timeoutMs: 30_000,
    });

    expect(wrong.output).toContain('gateway.listen');
    expect(wrong.code).toBe(Number(status));
  }, 60_000);
});
