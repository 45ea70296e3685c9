import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { ExitCode } from '../exit-code.ts';
import { isClone } from '../package-root.ts';
import type { Perform } from '../run-cli.ts';

interface DemoFlags {
  readonly once?: boolean;
  readonly scripted?: boolean;
  readonly yes?: boolean;
  readonly keep?: boolean;
  readonly dir?: string;
}

export function addDemo(program: Command, perform: Perform): void {
  program
    .command('demo')
    .description('three real issues of open-source packages become pull requests on this machine')
    .option('--once', 'end when the three are done, with 0 only if all succeeded')
    .option('--scripted', 'the scripted model, also where there is a key')
    .option('--yes', 'spend on the real model without asking')
    .option('--keep', 'leave data and logs behind')
    .option('--dir <dir>', 'where data and logs go (default: a temporary folder)')
    .action(async (flags: DemoFlags) => {
      await perform(async ({ output, env }) => {
        if (!isClone()) {
          const mend = "clone the repository and type 'npm run demo'";
          throw new CommandError(ExitCode.Usage, 'the demo is not part of the published package', mend);
        }
        const { runDemo } = await import('../../../demo/run-demo.ts');
        return await runDemo({ ...flags, once: flags.once ?? false, json: output.json, env, output });
      });
    });
}
