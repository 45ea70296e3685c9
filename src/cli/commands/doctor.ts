import type { Command } from 'commander';
import { ExitCode } from '../exit-code.ts';
import { hasFailed, renderChecks, type Check } from '../output/render-checks.ts';
import type { Perform } from '../run-cli.ts';

export function addDoctor(program: Command, perform: Perform): void {
  program
    .command('doctor')
    .description('is everything there? Each prerequisite, and how to mend what is missing; changes nothing')
    .action(async () => {
      await perform(async (context) => {
        const { output, loaded } = context;
        const [{ checkMachine }, { checkTemporal }, { checkClaude, checkGateway, checkGithub }] = await Promise.all([
          import('../checks/check-machine.ts'),
          import('../checks/check-temporal.ts'),
          import('../checks/check-services.ts'),
        ]);
        const config: Check = {
          name: 'configuration',
          verdict: 'ok',
          required: true,
          found: loaded.file ?? 'no file, defaults',
        };
        const found = (
          await Promise.all([
            checkMachine(context),
            checkTemporal(context),
            checkGateway(context),
            checkGithub(context),
            checkClaude(context),
          ])
        ).flat();
        const checks = [config, ...found];
        const failed = hasFailed(checks);
        output.data({ ok: !failed, checks });
        if (!output.json) {
          output.say(...renderChecks(checks, output.palette), '');
          output.say(failed ? 'Something that is needed is missing: see the lines with ✘.' : 'Ready.');
        }
        return failed ? ExitCode.Failure : ExitCode.Ok;
      });
    });
}
