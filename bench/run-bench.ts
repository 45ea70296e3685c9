/** One run, side by side: the same scripted work by a bare shell script and by taskfleet. `--help` lists the options. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions, USAGE, type BenchOptions } from './bench-options.ts';
import type { Measured } from './figures.ts';
import { startNoopFleet } from './noop-fleet.ts';
import { makeReport, renderReport, replaceFigures } from './report.ts';
import { runBare, type BareBatch } from './run-bare.ts';
import { look, runFleet, type FleetBatch } from './run-fleet.ts';
import { fileIssue } from './start-forge.ts';
import { PLAIN_TITLE, RED_TITLE } from './work.ts';
import { startWorld, type World } from './world.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(options: BenchOptions): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'taskfleet-bench-'));
  const closers: (() => Promise<void>)[] = [];
  let code = 1;
  try {
    const world = await startWorld({ dir, env: process.env, slots: options.slots, say, closers });
    const report = makeReport(await measure(world, options, closers), options);
    code = report.goals.some(({ met, timed }) => !met && !timed) ? 1 : 0;
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report, !options.quick));
    if (options.markdown !== undefined) {
      await writeFile(options.markdown, replaceFigures(await readFile(options.markdown, 'utf8'), report));
    }
  } finally {
    for (const close of closers.reverse()) await close().catch((error: unknown) => say(`not ended: ${String(error)}`));
    if (options.keep || code !== 0) say(`data and logs: ${dir}`);
    else await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
  return code;
}

async function measure(world: World, options: BenchOptions, closers: (() => Promise<void>)[]): Promise<Measured> {
  const { tasks, slots, rounds } = options;
  const noops = await startNoopFleet(world);
  closers.push(() => noops.close());
  say('one of each, so that nothing is done for the first time …');
  await runBare(world, { issues: await fileIssues(world, PLAIN_TITLE, 1), width: 1 });
  await noops.run();
  await runFleet(world, await fileIssues(world, PLAIN_TITLE, 1));

  const single = { bare: [] as BareBatch[], fleet: [] as FleetBatch[], noop: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    say(`one task, round ${round} of ${rounds} …`);
    single.bare.push(told(await runBare(world, { issues: await fileIssues(world, PLAIN_TITLE, 1), width: 1 })));
    single.noop.push(await noops.run());
    single.fleet.push(told(await runFleet(world, await fileIssues(world, PLAIN_TITLE, 1))));
  }
  say(`${options.fleetOnly ? 0 : tasks} tasks by the script, ${slots} at once …`);
  const byScript = await fileIssues(world, PLAIN_TITLE, options.fleetOnly ? 0 : tasks);
  const bare = told(await runBare(world, { issues: byScript, width: slots }));
  say(`${tasks} tasks by taskfleet, ${slots} slots …`);
  const fleet = told(await runFleet(world, await fileIssues(world, PLAIN_TITLE, tasks)));
  say('a task with a red round …');
  const [red] = told(await runFleet(world, await fileIssues(world, RED_TITLE, 1))).runs;
  if (!red) throw new Error('the task with a red round did not run');
  return { single, batch: { bare, fleet }, red, processes: look(world), load: loadavg() };
}

/** Says what failed, on either side. */
function told<T extends { readonly runs: readonly { readonly ok: boolean; readonly problem: string }[] }>(batch: T): T {
  for (const { ok, problem } of batch.runs) if (!ok) say(`failed: ${problem}`);
  return batch;
}

async function fileIssues(world: World, title: string, count: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let index = 0; index < count; index += 1) numbers.push(await fileIssue(world.forge, title));
  return numbers;
}

const args = process.argv.slice(2);
if (args.includes('--help')) process.stdout.write(`${USAGE}\n`);
else process.exitCode = await main(readOptions(args));
