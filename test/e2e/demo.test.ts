import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DemoRow } from '../../demo/demo-report.ts';
import { listProcesses } from '../../src/process/process-table.ts';
import { runProgram } from '../../src/supervisor/programs.ts';

const MAX_MS = 540_000;

interface Report {
  readonly ok: boolean;
  readonly model: string;
  readonly tasks: readonly DemoRow[];
}

describe('the demo as a user runs it', () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'taskfleet-e2e-demo-'));
  });

  afterAll(async () => {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  it(
    'takes three issues to pull requests that pass, one of them by way of a repair, and leaves no process behind',
    async () => {
      const mark = `e2e-${process.pid}`;

      const { code, output, stdout } = await runDemo(['--once', '--json', '--scripted', '--dir', dir], mark);

      const report = JSON.parse(stdout) as Report;
      expect({ code, ok: report.ok, model: report.model }).toEqual({ code: 0, ok: true, model: 'scripted' });
      expect(report.tasks).toHaveLength(3);
      for (const task of report.tasks) {
        expect(task).toMatchObject({ state: 'completed', check: { passes: true, problems: [] } });
        expect(task.pullRequest).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/acme\/[a-z-]+\/pull\/\d+$/);
        expect(task.check?.changed).toHaveLength(2);
      }
      expect(report.tasks.map((task) => task.rounds).sort()).toEqual([1, 1, 2]);
      expect(output).toContain('SCRIPTED');
      expect(leftBehind(mark)).toEqual([]);
      // Temporal's server takes its note away when it ends
      expect(existsSync(join(dir, 'temporal', 'server.json'))).toBe(false);
      expect(existsSync(join(dir, 'fleet.log'))).toBe(true);
    },
    MAX_MS,
  );
});

/** `output` is what people see, `stdout` the one document. */
async function runDemo(args: readonly string[], mark: string) {
  const lines: string[] = [];
  const document = join(tmpdir(), `taskfleet-demo-${process.pid}.json`);
  const script = fileURLToPath(new URL('../../bin/taskfleet.mjs', import.meta.url));
  const { code } = await runProgram({
    command: '/bin/sh',
    args: ['-c', '"$@" > "$DOCUMENT"', 'sh', process.execPath, script, 'demo', ...args],
    env: { ...process.env, NODE_OPTIONS: undefined, DEMO_TEST: mark, DOCUMENT: document },
    timeoutMs: MAX_MS - 20_000,
    onLine: (line) => lines.push(line),
  });
  const stdout = await readFile(document, 'utf8');
  await rm(document);
  return { code, output: lines.join('\n'), stdout };
}

function leftBehind(mark: string): number[] {
  return [...listProcesses()]
    .filter((one) => one.environment().includes(`\0DEMO_TEST=${mark}\0`))
    .map(({ pid }) => pid);
}
