import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { runProgram } from '../supervisor/programs.ts';

describe('what commands such as list and show load', () => {
  it('has no Worker in it: its native core takes longer than their answer', async () => {
    const script = `
      for (const name of ['connect-temporal', 'task-service', 'context']) await import('./src/cli/' + name + '.ts');
      for (const name of ['connect', 'submit-task', 'server-note']) await import('./src/temporal/' + name + '.ts');
      const { createRequire } = await import('node:module');
      console.log(Object.keys(createRequire(process.cwd() + '/x.js').cache).join('\\n'));`;

    const { code, output } = await runProgram({
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      env: { PATH: process.env['PATH'] },
      timeoutMs: 30_000,
    });

    expect(code).toBe(0);
    expect(output).toContain('@temporalio/client');
    expect(output).not.toMatch(/@temporalio\/(worker|core-bridge)/);
  }, 60_000);
});
