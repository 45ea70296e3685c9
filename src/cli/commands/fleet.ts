import type { Command } from 'commander';
import type { Perform } from '../run-cli.ts';

/** The commands that are the fleet itself: they run until they are told to stop. */
export function addFleet(program: Command, perform: Perform): void {
  const add = (name: 'up' | 'coordinator', description: string): void => {
    program
      .command(name)
      .description(description)
      .action(async () => {
        await perform(async (context) => (await import('../run-role-here.ts')).runRoleHere(context, name));
      });
  };
  add('up', 'a whole fleet on this machine: Temporal server, coordinator and one host; Ctrl-C ends it');
  add('coordinator', 'the control side: takes tasks in, holds ledger and tokens, pushes, opens pull requests');
}
