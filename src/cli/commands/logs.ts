import type { Command } from 'commander';
import { ExitCode } from '../exit-code.ts';
import { exitCodeOfEnd } from '../follow-task.ts';
import { renderLogEntry } from '../output/render-log-entry.ts';
import { parseCount } from '../parse-options.ts';
import { resolveTask } from '../resolve-task.ts';
import type { Perform } from '../run-cli.ts';

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
        const signal = context.interruption();
        const gateway = await context.gateway();
        const range = { tail: options.tail, signal };
        const entries = options.follow ? gateway.followLog(id, range) : gateway.readLog(id, range);
        try {
          for await (const entry of entries) {
            output.event(entry);
            if (!output.json) output.say(renderLogEntry(entry, output.palette));
          }
        } catch (error) {
          if (!signal.aborted) throw error;
        }
        if (signal.aborted) return ExitCode.Interrupted;
        return options.follow ? exitCodeOfEnd((await (await context.tasks()).status(id)).state) : ExitCode.Ok;
      });
    });
}
