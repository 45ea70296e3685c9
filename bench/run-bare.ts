import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { SESSION_TOOLS } from '../src/domain/session-tools.ts';
import { Analysis } from '../src/contract/session-report.ts';
import { runProgram } from '../src/supervisor/programs.ts';
import { inPool } from './in-pool.ts';
import { PLAIN_TITLE, REPO } from './work.ts';
import type { World } from './world.ts';

const SCRIPT = fileURLToPath(new URL('bare-task.sh', import.meta.url));
const TASK_MS = 600_000;

/** One run of the script; milliseconds. */
export interface BareRun {
  readonly ok: boolean;
  readonly wallMs: number;
  /** Of the shell and all it started. */
  readonly cpuMs: number;
  readonly sessionMs: number;
  readonly gateMs: number;
  readonly problem: string;
}

export interface BareBatch {
  readonly wallMs: number;
  readonly runs: readonly BareRun[];
}

/** The same issues by the bare script, so many at once. */
export async function runBare(
  world: World,
  batch: { readonly issues: readonly number[]; readonly width: number },
): Promise<BareBatch> {
  const begun = performance.now();
  const runs = await inPool(batch.issues, batch.width, (issue) => runOne(world, issue));
  return { wallMs: performance.now() - begun, runs };
}

async function runOne(world: World, issue: number): Promise<BareRun> {
  const id = randomUUID();
  const dir = join(world.dir, 'bare', id);
  await mkdir(dir, { recursive: true });
  const times = new Map<string, number>();
  const rest: string[] = [];
  const begun = performance.now();
  let last = begun;
  const result = await runProgram({
    command: '/bin/sh',
    args: [SCRIPT],
    env: environment(world, { id, dir, issue }),
    timeoutMs: TASK_MS,
    onLine(line) {
      const step = /^step (\w+)$/.exec(line)?.[1];
      if (step === undefined) {
        rest.push(line);
        return;
      }
      const now = performance.now();
      times.set(step, (times.get(step) ?? 0) + now - last);
      last = now;
    },
  });
  const ok = result.code === 0;
  return {
    ok,
    wallMs: performance.now() - begun,
    cpuMs: cpuOf(rest),
    sessionMs: times.get('session') ?? 0,
    gateMs: times.get('gates') ?? 0,
    problem: ok ? '' : result.output.slice(-500),
  };
}

function environment(
  world: World,
  task: { readonly id: string; readonly dir: string; readonly issue: number },
): Record<string, string | undefined> {
  const { forge } = world;
  return {
    PATH: world.env['PATH'],
    // Claude Code as the fleet runs it, so that the sessions are the same
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_CRON: '1',
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    ANTHROPIC_API_KEY: 'scripted',
    ANTHROPIC_BASE_URL: forge.modelUrl,
    BENCH_DIR: task.dir,
    BENCH_MIRROR: world.mirror,
    BENCH_CLAUDE: world.claude,
    BENCH_TOOLS: SESSION_TOOLS.join(','),
    BENCH_SCHEMA: JSON.stringify(z.toJSONSchema(Analysis, { target: 'draft-7' })),
    BENCH_SESSION: task.id,
    BENCH_TITLE: PLAIN_TITLE,
    BENCH_BRANCH: `bare/${task.id}`,
    BENCH_REMOTE: `${forge.gitUrl}/${REPO}.git`,
    BENCH_API: forge.apiUrl,
    BENCH_REPO: REPO,
    BENCH_ISSUE: String(task.issue),
    BENCH_TOKEN: forge.token,
    BENCH_BASIC: Buffer.from(`x-access-token:${forge.token}`).toString('base64'),
  };
}

/** The sum of what the shell's `times` printed: `0m0.01s 0m0.02s`, one line for the shell, one for its children. */
function cpuOf(lines: readonly string[]): number {
  const parts = lines.join(' ').matchAll(/(\d+)m([\d.]+)s/g);
  return [...parts].reduce((sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000, 0);
}
