import type { Command } from 'commander';
import type { Perform } from '../run-cli.ts';

/** The commands that are the fleet itself: they run until they are told to stop. */
export function addFleet(program: Command, perform: Perform): void {
  program
    .command('up')
    .description('a whole fleet on this machine: Temporal server, coordinator and one host')
    .action(async () => {
      await perform(async (context) => {
        const { runUp } = await import('../../../workers/up.ts');
        await runUp({ loaded: context.loaded, signal: context.interruption() });
      });
    });
  program
    .command('coordinator')
    .description('the control side: takes tasks in, holds ledger and tokens, pushes, opens pull requests')
    .action(async () => {
      await perform(async (context) => {
        const { runCoordinator } = await import('../../../workers/run-coordinator.ts');
        await runCoordinator({ settings: context.settings, signal: context.interruption() });
      });
    });
}
