import type { Command } from 'commander';
import type { Perform } from '../run-cli.ts';

export function addConfig(program: Command, perform: Perform): void {
  const config = program.command('config').description('the settings in force');
  config
    .command('show')
    .description('every setting, secrets masked, and where it comes from')
    .action(async () => {
      await perform(async ({ loaded, output }) => {
        const { describeConfig, renderConfig } = await import('../output/render-config.ts');
        const shown = describeConfig(loaded);
        output.data(shown);
        if (!output.json) output.say(...renderConfig(shown));
      });
    });
}
