import type { Command } from 'commander';
import { isEnd } from '../../domain/task-state.ts';
import { TaskState } from '../../domain/task-state.ts';
import { ExitCode } from '../exit-code.ts';
import { renderLogEntry } from '../output/render-log-entry.ts';
import { parseCount } from '../parse-options.ts';
import { resolveTask } from '../resolve-task.ts';
import type { Perform } from '../run-cli.ts';
import type { CliContext } from '../context.ts';

export function addLogs(program: Command, perform: Perform): void {
  program
    .command('logs')
    .argument('<task>', 'id, owner/name#12, or the end of an id')
    .description('what session, gates and taskfleet did; with --json one JSON object per line')
    .option('-f, --follow', 'go on until the task ends; Ctrl-C stops looking, not the task')
    .option('--tail <lines>', 'begin so many lines before the end', parseCount)
    .option('--repo <repo>', 'the repository of a bare #12')
    .action(async (text: string, options: { follow?: boolean; tail?: number; repo?: string }) => {
      await perform(async (context) => {
        const id = await resolveTask(context, text, options.repo);
        const { output } = context;
        const ended = new AbortController();
        const signal = AbortSignal.any([context.interruption(), ended.signal]);
        const gateway = await context.gateway();
        const end = options.follow ? endOf(context, id, ended) : undefined;
        try {
          const range = { tail: options.tail, signal };
          const entries = options.follow ? gateway.followLog(id, range) : gateway.readLog(id, range);
          for await (const entry of entries) {
            output.event(entry);
            if (!output.json) output.say(renderLogEntry(entry, output.palette));
          }
        } catch (error) {
          if (!signal.aborted) throw error;
        }
        if (context.interruption().aborted) return ExitCode.Interrupted;
        ended.abort();
        return (await end) ?? ExitCode.Ok;
      });
    });
}

const LOOK_EVERY_MS = 2000;

/** Watches for the end of the task, and then lets what is still on its way arrive. */
async function endOf(context: CliContext, id: string, ended: AbortController): Promise<ExitCode> {
  const service = await context.tasks();
  const stop = context.interruption();
  while (!stop.aborted && !ended.signal.aborted) {
    const row = await service.describe(id);
    if (row.execution !== 'RUNNING') {
      setTimeout(() => ended.abort(), LOOK_EVERY_MS).unref();
      const good = row.state === TaskState.Completed || row.state === TaskState.NoChange;
      return row.execution === 'COMPLETED' && (good || !isEnd((row.state ?? 'queued') as never))
        ? ExitCode.Ok
        : ExitCode.TaskUnsuccessful;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return ExitCode.Ok;
}
