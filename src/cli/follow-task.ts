import type { LogEntry } from '../contract/log-entry.ts';
import type { TaskStatus } from '../contract/task-status.ts';
import { isEnd, TaskState } from '../domain/task-state.ts';
import { CommandError } from './command-error.ts';
import type { CliContext } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { describeChanges, describeEnd, renderProgress } from './output/progress.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Shows a task until it ends: redrawn in place for a person, plain lines in a pipe, one JSON object per line with --json.
 * Ctrl-C stops looking, not the task. The exit code says how the task ended.
 */
export async function followTask(context: CliContext, id: string): Promise<ExitCode> {
  const { output } = context;
  const stop = context.interruption();
  const latest = tailLog(context, id, stop);
  const screen = output.live ? await createScreen() : undefined;
  let shown: TaskStatus | undefined;
  try {
    while (!stop.aborted) {
      const status = await look(context, id);
      if (status) {
        if (screen) {
          const place = { palette: output.palette, now: context.now() };
          screen.draw(renderProgress({ status, latest: latest.entry, width: output.width }, place));
        } else if (changed(shown, status)) {
          output.event({ type: 'status', status });
          if (!output.json) output.say(...describeChanges(shown, status));
        }
        shown = status;
        if (isEnd(status.state)) return finish(context, status, screen);
      }
      await pause(LOOK_EVERY_MS, stop);
    }
  } finally {
    screen?.done();
    latest.stop();
  }
  output.note(`The task goes on without you. See it again with: taskfleet logs -f '${id}'`);
  return ExitCode.Interrupted;
}

/** How a script is told that a task ended so. */
export function exitCodeOfEnd(state: TaskStatus['state']): ExitCode {
  return state === TaskState.Completed || state === TaskState.NoChange ? ExitCode.Ok : ExitCode.TaskUnsuccessful;
}

interface Screen {
  draw(lines: readonly string[]): void;
  done(): void;
}

function finish(context: CliContext, status: TaskStatus, screen: Screen | undefined): ExitCode {
  screen?.done();
  if (!context.output.json) context.output.say(...describeEnd(status));
  return exitCodeOfEnd(status.state);
}

async function createScreen(): Promise<Screen> {
  const { default: logUpdate } = await import('log-update');
  return {
    draw: (lines) => logUpdate(lines.join('\n')),
    done: () => logUpdate.done(),
  };
}

/** The task's status; undefined while no coordinator answers, which is said and waited for. */
async function look(context: CliContext, id: string): Promise<TaskStatus | undefined> {
  const service = await context.tasks();
  try {
    return await service.status(id);
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== ExitCode.CannotConnect) throw error;
    const row = await service.describe(id);
    if (row.execution !== 'RUNNING') throw error;
    context.output.note(`${error.message}; waiting. ${error.hint ?? ''}`);
    return undefined;
  }
}

function changed(before: TaskStatus | undefined, after: TaskStatus): boolean {
  return before === undefined || describeChanges(before, after).length > 0;
}

/** Keeps the newest log line at hand. Without a coordinator there is none, and the status still shows. */
function tailLog(context: CliContext, id: string, stop: AbortSignal): { entry: LogEntry | undefined; stop(): void } {
  const ended = new AbortController();
  const tail = { entry: undefined as LogEntry | undefined, stop: () => ended.abort() };
  const signal = AbortSignal.any([stop, ended.signal]);
  const follow = async (): Promise<void> => {
    const gateway = await context.gatewayIfKnown();
    if (!gateway) return;
    for await (const entry of gateway.followLog(id, { tail: 1, signal })) {
      tail.entry = entry;
      const plain = !context.output.live && !context.output.json && context.output.verbose;
      if (plain) context.output.note(entry.text);
    }
  };
  follow().catch((error: unknown) => {
    if (context.output.verbose && !signal.aborted) context.output.note(`no log: ${String(error)}`);
  });
  return tail;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
