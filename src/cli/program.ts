import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addAgents } from './commands/agents.ts';
import { addConfig } from './commands/config.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addFiles } from './commands/files.ts';
import { addFleet } from './commands/fleet.ts';
import { addList } from './commands/list.ts';
import { addLogs } from './commands/logs.ts';
import { addMessages } from './commands/messages.ts';
import { addRetry } from './commands/retry.ts';
import { addRun } from './commands/run.ts';
import { addSetup } from './commands/setup.ts';
import { addShow } from './commands/show.ts';
import { addStatus } from './commands/status.ts';
import { addTemporal } from './commands/temporal.ts';
import { addWorker } from './commands/worker.ts';
import { EXIT_CODE_HELP } from './exit-code.ts';
import { packageRoot } from './package-root.ts';
import type { CliWorld, Perform } from './run-cli.ts';

export { CommanderError };

const EXAMPLES = `Examples:
  taskfleet doctor                                       is everything there?
  taskfleet up                                           a whole fleet on this machine
  taskfleet run --repo owner/name --issue 12 --watch     from an issue to a pull request
  taskfleet run --prompt - < question.md                 an answer, without a repository
  taskfleet logs -f owner/name#12                        what it is doing
`;

/** The whole command line. `perform` runs a command's work; nothing is loaded here that a help text does not need. */
export function buildProgram(world: CliWorld, perform: Perform): Command {
  const program = new Command('taskfleet')
    .description('From issues to tested pull requests: durable fleets of Claude Code workers.')
    .version(version(), '-V, --version', 'print the version')
    .option('--config <file>', 'configuration file (JSON or YAML)')
    .option('--json', 'print data: one JSON document on stdout, everything else on stderr')
    .option('--verbose', 'say more, and where errors come from')
    .option('--no-color', 'no colours, also on a terminal (as NO_COLOR does)')
    .helpCommand('help [command]', 'help for a command')
    .addHelpText(
      'after',
      `\n${EXAMPLES}\n${EXIT_CODE_HELP}\n\nLOG_LEVEL=debug|info|warn|error sets how much the processes say.`,
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(add --help to see what it takes)')
    .exitOverride();
  for (const add of [
    addSetup,
    addDoctor,
    addFleet,
    addWorker,
    addRun,
    addList,
    addShow,
    addFiles,
    addLogs,
    addMessages,
    addRetry,
    addAgents,
    addStatus,
    addConfig,
    addTemporal,
    addDemo,
  ]) {
    add(program, perform);
  }
  return program;
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot()), 'utf8')) as { version: string };
  return version;
}
