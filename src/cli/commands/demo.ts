import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { ExitCode } from '../exit-code.ts';
import { isClone, packageRoot } from '../package-root.ts';
import type { Perform } from '../run-cli.ts';

export function addDemo(program: Command, perform: Perform): void {
  program
    .command('demo')
    .description('three real issues of open-source packages become pull requests on this machine')
    .option('--once', 'end when the three are done, with 0 only if all succeeded')
    .action(async (options: { once?: boolean }) => {
      await perform(async ({ output }) => {
        if (!isClone()) {
          const mend = "clone the repository and type 'npm run demo'";
          throw new CommandError(ExitCode.Usage, 'the demo is not part of the published package', mend);
        }
        const { runDemo } = await import('../../../demo/run-demo.ts');
        return await runDemo({ once: options.once ?? false, json: output.json, root: packageRoot() });
      });
    });
}
