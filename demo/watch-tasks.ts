import { setTimeout as delay } from 'node:timers/promises';
import type { LogEntry } from '../src/contract/log-entry.ts';
import type { TaskStatus } from '../src/contract/task-status.ts';
import { isEnd } from '../src/domain/task-state.ts';
import { CommandError } from '../src/cli/command-error.ts';
import type { TaskService } from '../src/cli/task-service.ts';
import { describeChanges } from '../src/cli/output/progress.ts';
import type { Output } from '../src/cli/output/output.ts';
import type { GatewayClient } from '../src/gateway/gateway-client.ts';
import type { DemoPackage } from './packages/demo-package.ts';
import { renderEntry, renderTasks } from './render-tasks.ts';

const LOOK_EVERY_MS = 400;

/** A submitted issue, and what was last seen of its task. */
export interface WatchedTask {
  readonly demo: DemoPackage;
  readonly id: string;
  readonly issue: { readonly number: number; readonly url: string };
  status: TaskStatus | undefined;
  latest: LogEntry | undefined;
}

export interface Watching {
  readonly tasks: readonly WatchedTask[];
  readonly service: TaskService;
  readonly gateway: GatewayClient;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Shows the tasks until all have ended: redrawn in place for a person, plain lines elsewhere. */
export async function watchTasks(watching: Watching): Promise<void> {
  const { tasks, output, signal } = watching;
  const ended = new AbortController();
  const logs = tasks.map((task) => followLog(task, watching, AbortSignal.any([signal, ended.signal])));
  const screen = output.live ? (await import('log-update')).default : undefined;
  try {
    for (;;) {
      await Promise.all(tasks.map((task) => look(task, watching)));
      screen?.(renderTasks(tasks, { palette: output.palette, width: output.width, now: new Date() }).join('\n'));
      if (tasks.every((task) => task.status && isEnd(task.status.state))) return;
      await delay(LOOK_EVERY_MS, undefined, { signal });
    }
  } finally {
    screen?.done();
    ended.abort();
    await Promise.all(logs);
  }
}

async function look(task: WatchedTask, { service, output, signal }: Watching): Promise<void> {
  signal.throwIfAborted();
  if (task.status && isEnd(task.status.state)) return;
  try {
    const status = await service.status(task.id);
    if (!output.live) output.say(...describeChanges(task.status, status).map((line) => `${nameOf(task)} ${line}`));
    task.status = status;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // nobody answers while a process starts again; a task that is over without an answer never will
    const { execution } = await service.describe(task.id);
    if (execution !== 'RUNNING') throw error;
  }
}

/** Never rejects: a log that cannot be read leaves the status to look at. */
async function followLog(task: WatchedTask, { gateway, output }: Watching, signal: AbortSignal): Promise<void> {
  try {
    for await (const entry of gateway.followLog(task.id, { signal })) {
      task.latest = entry;
      if (!output.live && isTelling(entry)) output.say(`${nameOf(task)} ${renderEntry(entry, output.palette)}`);
    }
  } catch (error) {
    if (!signal.aborted) output.note(`${nameOf(task)} no log: ${String(error)}`);
  }
}

/** What a gate prints is for its log; here its command and its verdict are enough. */
function isTelling({ source, text }: LogEntry): boolean {
  if (source === 'gate') return /^(\$ |(green|red|red-on-base|timeout|missing)\b)/.test(text);
  return text.trim() !== '';
}

function nameOf(task: WatchedTask): string {
  return `${task.demo.name.padEnd(10)} │`;
}
