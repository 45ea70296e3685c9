import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutput, type Output } from '../src/cli/output/output.ts';
import { ExitCode } from '../src/cli/exit-code.ts';
import { reportError } from '../src/cli/command-error.ts';
import { chooseModel, confirm } from './choose-model.ts';
import { renderRows, succeeded, type DemoRow } from './demo-report.ts';
import { readOwnSettings, type Environment } from './demo-settings.ts';
import { checkAll } from './check-all.ts';
import { choosePackages } from './packages/packages.ts';
import { prepareDemo } from './prepare-demo.ts';
import { requirePrograms } from './preflight.ts';
import { startDemoFleet, type DemoFleet } from './start-demo-fleet.ts';
import { Closers, endLeftovers } from './closers.ts';
import { submitIssues } from './submit-issues.ts';
import { watchTasks } from './watch-tasks.ts';

export interface DemoOptions {
  /** End when the three are done, with success only if all three are. */
  readonly once: boolean;
  /** The table as one JSON document on stdout; words for people go to stderr. */
  readonly json: boolean;
  /** The scripted model even where there is a credential. */
  readonly scripted?: boolean;
  /** Spend without asking. */
  readonly yes?: boolean;
  /** Leave data and logs behind also when all went well. */
  readonly keep?: boolean;
  /** Where data and logs go; a temporary folder where not given. */
  readonly dir?: string;
  readonly env?: Environment;
  readonly output?: Output;
}

/**
 * Takes three real issues of published packages to tested pull requests on this machine: real Temporal server, real
 * Claude Code, real git, and a GitHub of its own. Ends everything it started, also on Ctrl-C and on failure.
 */
export async function runDemo(options: DemoOptions): Promise<ExitCode> {
  const env = options.env ?? process.env;
  const output = options.output ?? createOutput(process, { json: options.json, verbose: false, color: true, env });
  const stop = new AbortController();
  const onSignal = (): void => {
    if (!stop.signal.aborted) output.note('', 'Ending everything …');
    stop.abort();
  };
  // they stay until the end: a second Ctrl-C must not leave half of it running
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  const closers = new Closers();
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'taskfleet-demo-')));
  const mark = `taskfleet-demo-${process.pid}-${Date.now()}`;
  let code: ExitCode = ExitCode.Failure;
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    code = await show({ options, env: { ...env, TASKFLEET_DEMO: mark }, output, dir, signal: stop.signal, closers });
  } catch (error) {
    code = stop.signal.aborted ? ExitCode.Interrupted : tell(output, error);
  } finally {
    await closers.closeAll((error) => output.note(`not ended cleanly: ${String(error)}`));
    const left = await endLeftovers(mark);
    if (left > 0 && !stop.signal.aborted) output.note(`${left} processes had to be ended the hard way`);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(name, onSignal);
  }
  const isKept = options.keep === true || options.dir !== undefined || code === ExitCode.Failure;
  if (isKept) output.note(`Data and logs: ${dir} (the fleet's log is fleet.log)`);
  else await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  return code;
}

export interface Show {
  readonly options: DemoOptions;
  readonly env: Environment;
  readonly output: Output;
  readonly dir: string;
  readonly signal: AbortSignal;
  readonly closers: Closers;
}

async function show(show: Show): Promise<ExitCode> {
  const { options, env, output, dir, signal } = show;
  requirePrograms(env);
  const own = readOwnSettings(env, dir);
  const choice = await choosePackages(env);
  output.say(output.palette.bold('taskfleet demo: three real issues of published packages become pull requests'), '');
  const model = chooseModel(own, { scripted: options.scripted === true, tasks: choice.packages.length });
  output.say(...model.lines, ...choice.notes, '');
  const mustAsk = model.kind === 'real' && options.yes !== true && process.stdin.isTTY && output.live;
  if (mustAsk && !(await confirm('Go on?', signal))) return ExitCode.Ok;

  const prepared = await prepareDemo({ ...show, own, packages: choice.packages, model: model.kind });
  const fleet = await startDemoFleet({ ...show, own, prepared });
  output.say(...renderPlaces(fleet), '');
  const tasks = await submitIssues({ ...show, prepared, fleet });
  await watchTasks({ tasks, service: fleet.service, gateway: fleet.gateway, output, signal });
  output.say(
    '',
    'Checking each branch from the outside: fresh clone, its own suite, and its new tests without the fix …',
  );
  const rows = await checkAll({ ...show, tasks, github: prepared.github });
  const ok = rows.every(succeeded);
  output.say('', ...renderRows(rows, output.palette), '', ...renderPlaces(fleet));
  output.data(toDocument(rows, { ok, model: model.kind, fleet }));
  const code = ok ? ExitCode.Ok : ExitCode.Failure;
  if (options.once) return code;
  output.say('', 'All of it stays up for you to look at. Ctrl-C ends it and removes everything.');
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  return code;
}

function renderPlaces({ uiUrl, temporalAddress, github }: DemoFleet): string[] {
  return [
    `  Temporal Web UI  ${uiUrl ?? '–'} (server ${temporalAddress})`,
    `  GitHub emulator  ${github.webUrl} (issues and pull requests to look at)`,
  ];
}

function toDocument(
  rows: readonly DemoRow[],
  more: { readonly ok: boolean; readonly model: string; readonly fleet: DemoFleet },
): Record<string, unknown> {
  const { uiUrl, temporalAddress, github } = more.fleet;
  const places = { temporal: { address: temporalAddress, uiUrl }, forge: { url: github.webUrl } };
  return { ok: more.ok, model: more.model, ...places, tasks: rows };
}

function tell(output: Output, error: unknown): ExitCode {
  const report = reportError(error);
  output.error(report);
  output.data({ ok: false, error: { type: report.type, message: report.message, hint: report.hint ?? null } });
  return ExitCode.Failure;
}
