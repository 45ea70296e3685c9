import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { isClone, packageRoot } from '../package-root.ts';
import type { Perform } from '../run-cli.ts';

interface DemoFlags {
  readonly once?: boolean;
  readonly scripted?: boolean;
  readonly yes?: boolean;
  readonly keep?: boolean;
  readonly dir?: string;
}

interface DemoScript {
  readonly runDemo: (
    options: DemoFlags & {
      readonly once: boolean;
      readonly json: boolean;
      readonly env: Readonly<Record<string, string | undefined>>;
      readonly output: Output;
    },
  ) => Promise<ExitCode>;
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
        // by its address, so that the published package is not compiled with it
        const script = new URL('demo/run-demo.ts', packageRoot()).href;
        const { runDemo } = (await import(script)) as DemoScript;
        return await runDemo({ ...flags, once: flags.once ?? false, json: output.json, env, output });
      });
    });
}
