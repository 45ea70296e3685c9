import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import type { CliContext } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { renderTask } from '../output/render-task.ts';
import { joinTasks, renderTaskList } from '../output/render-task-list.ts';
import { resolveTask } from '../resolve-task.ts';
import type { Perform } from '../run-cli.ts';

export function addShow(program: Command, perform: Perform): void {
  program
    .command('show')
    .argument('<task>', 'id, owner/name#12, or the end of an id')
    .description('everything about one task: stages, gates, pull request, spend, what it waits for')
    .option('--repo <repo>', 'the repository of a bare #12')
    .action(async (text: string, options: { repo?: string }) => {
      await perform(async (context) => {
        const id = await resolveTask(context, text, options.repo);
        const { output } = context;
        try {
          const status = await (await context.tasks()).status(id);
          output.data(status);
          if (!output.json) output.say(...renderTask(status, { palette: output.palette, now: context.now() }));
        } catch (error) {
          await showRemembered(context, id, error);
        }
      });
    });
}

/** Temporal has forgotten it: the ledger has not. */
async function showRemembered(context: CliContext, id: string, error: unknown): Promise<void> {
  if (!(error instanceof CommandError) || error.exitCode !== ExitCode.NotFound) throw error;
  const task = await (await context.gatewayIfKnown())?.task(id).catch(() => undefined);
  if (!task) throw error;
  const { output } = context;
  output.data(task);
  if (!output.json)
    output.say(...renderTaskList(joinTasks([], [task]), { palette: output.palette, now: context.now() }));
}
