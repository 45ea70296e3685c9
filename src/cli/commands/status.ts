import type { Command } from 'commander';
import { collectTasks } from '../collect-tasks.ts';
import { renderFleet, summariseFleet } from '../output/render-fleet.ts';
import { joinTasks } from '../output/render-task-list.ts';
import type { Perform } from '../run-cli.ts';
import { seenHosts } from '../seen-hosts.ts';

const LATEST = 1000;

export function addStatus(program: Command, perform: Perform): void {
  program
    .command('status')
    .description('the fleet in figures: tasks by state, hosts, slots, spend')
    .action(async () => {
      await perform(async (context) => {
        const [{ rows, remembered }, hosts] = await Promise.all([
          collectTasks(context, { limit: LATEST }),
          seenHosts(context).catch(() => []),
        ]);
        const fleet = summariseFleet(joinTasks(rows, remembered), hosts, context.now());
        context.output.data(fleet);
        if (!context.output.json) context.output.say(...renderFleet(fleet, context.output.palette));
      });
    });
}
