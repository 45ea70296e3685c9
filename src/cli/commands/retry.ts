import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import type { CliContext } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import type { TaskInput } from '../../contract/task-input.ts';
import { followTask } from '../follow-task.ts';
import { resolveTask } from '../resolve-task.ts';
import type { Perform } from '../run-cli.ts';

export function addRetry(program: Command, perform: Perform): void {
  program
    .command('retry')
    .argument('<task>', 'id, owner/name#12, or the end of an id')
    .description('run a task again that has ended; branch and pull request stay the same')
    .option('--repo <repo>', 'the repository of a bare #12')
    .option('--watch', 'follow it to its end')
    .action(async (text: string, options: { repo?: string; watch?: boolean }) => {
      await perform(async (context) => {
        const id = await resolveTask(context, text, options.repo);
        const input = nextRun(await lastInput(context, id), id);
        const outcome = await (await context.tasks()).start(input);
        if (outcome !== 'started') {
          throw new CommandError(ExitCode.Usage, `the task ${id} was started again by somebody else`, seeIt(id));
        }
        if (options.watch) return await followTask(context, id);
        context.output.data({ id, generation: input.generation, started: true });
        if (!context.output.json) context.output.say(`${id}: run ${input.generation} has started`);
        return ExitCode.Ok;
      });
    });
}

/** The same input, one generation on. */
export function nextRun(input: TaskInput, id: string): TaskInput {
  return { ...input, id, generation: (input.generation ?? 1) + 1, source: 'cli' };
}

async function lastInput(context: CliContext, id: string): Promise<TaskInput> {
  const service = await context.tasks();
  try {
    if ((await service.describe(id)).execution === 'RUNNING') {
      const mend = `${seeIt(id)}, or end it first with 'taskfleet cancel ${id}'`;
      throw new CommandError(ExitCode.Usage, `the task ${id} is still running`, mend);
    }
    return await service.inputOf(id);
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== ExitCode.NotFound) throw error;
    const task = await (await context.gatewayIfKnown())?.task(id).catch(() => undefined);
    if (!task) throw error;
    if (task.repo === null || task.issue === null) {
      const mend = 'give the prompt again with taskfleet run';
      throw new CommandError(ExitCode.NotFound, `the prompt of ${id} is no longer kept`, mend);
    }
    return { repo: task.repo, issue: task.issue, generation: task.generation };
  }
}

function seeIt(id: string): string {
  return `follow it with 'taskfleet logs -f ${id}'`;
}
