import type { Command } from 'commander';
import { renderTaskList, joinTasks } from '../output/render-task-list.ts';
import { parseCount } from '../parse-options.ts';
import type { Perform } from '../run-cli.ts';
import { collectTasks } from '../collect-tasks.ts';

export function addList(program: Command, perform: Perform): void {
  program
    .command('list')
    .alias('ls')
    .description('tasks, newest first')
    .option('--state <state>', 'only those in this state, such as in-progress or completed')
    .option('--repo <repo>', 'only those of this repository (owner/name)')
    .option('--limit <count>', 'how many at most', parseCount, 50)
    .action(async (options: { state?: string; repo?: string; limit: number }) => {
      await perform(async (context) => {
        const { rows, remembered } = await collectTasks(context, options);
        const all = joinTasks(rows, remembered);
        const tasks = all.filter((task) => !options.state || task.state === options.state).slice(0, options.limit);
        context.output.data(tasks);
        if (!context.output.json) {
          context.output.say(...renderTaskList(tasks, { palette: context.output.palette, now: context.now() }));
        }
      });
    });
}
