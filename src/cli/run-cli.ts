import type { LoadedSettings } from '../config/load-settings.ts';
import { reportError } from './command-error.ts';
import type { CliContext } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { createOutput, type Output, type OutputStreams } from './output/output.ts';

/** What the whole command line is run with; tests give their own. */
export interface CliWorld extends OutputStreams {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
}

export type SettingOverrides = Readonly<Record<string, { readonly value: unknown; readonly option: string }>>;

/** Runs one command's work with its context, and turns whatever it throws into words and an exit code. */
export type Perform = (
  work: (context: CliContext) => Promise<ExitCode | void>,
  overrides?: SettingOverrides,
) => Promise<void>;

/** Runs the command line and resolves to its exit code. Nothing heavy is loaded before a command needs it. */
export async function runCli(args: readonly string[], world: CliWorld): Promise<ExitCode> {
  const { buildProgram, CommanderError } = await import('./program.ts');
  let exitCode: ExitCode = ExitCode.Ok;
  const program = buildProgram(world, async (work, overrides) => {
    exitCode = await perform({ options: program.opts<GlobalOptions>(), world, work, overrides });
  });
  try {
    await program.parseAsync(separateForwarded(args), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return ExitCode.Ok;
    if (args.includes('--json')) {
      const message = error.message.replace(/^error: /, '');
      world.stdout.write(`${JSON.stringify({ error: { type: 'Usage', message, hint: null } }, null, 2)}\n`);
    }
    return ExitCode.Usage;
  }
}

async function perform(call: {
  options: GlobalOptions;
  world: CliWorld;
  work: (context: CliContext) => Promise<ExitCode | void>;
  overrides: SettingOverrides | undefined;
}): Promise<ExitCode> {
  const { options, world } = call;
  const output = createOutput(world, {
    json: options.json ?? false,
    verbose: options.verbose ?? false,
    color: options.color ?? true,
    env: world.env,
  });
  let context: CliContext | undefined;
  try {
    const loaded = await load(call);
    const { createContext } = await import('./context.ts');
    context = createContext({ loaded, output, env: world.env, cwd: world.cwd });
    return (await call.work(context)) ?? ExitCode.Ok;
  } catch (error) {
    return tell(output, error);
  } finally {
    await context?.close();
  }
}

async function load(call: {
  options: GlobalOptions;
  world: CliWorld;
  overrides: SettingOverrides | undefined;
}): Promise<LoadedSettings> {
  const { loadSettingsWithOrigins } = await import('../config/load-settings.ts');
  const { options, world } = call;
  return loadSettingsWithOrigins({
    env: world.env,
    cwd: world.cwd,
    file: options.config,
    overrides: {
      ...call.overrides,
      ...(options.verbose && { logLevel: { value: 'debug', option: '--verbose' } }),
    },
  });
}

function tell(output: Output, error: unknown): ExitCode {
  const report = reportError(error);
  output.error(report, output.verbose && error instanceof Error ? error.stack : undefined);
  if (output.json && !output.wroteData) {
    output.data({ error: { type: report.type, message: report.message, hint: report.hint ?? null } });
  }
  return report.exitCode;
}

/** `taskfleet temporal workflow list --limit 3`: what follows `temporal` is not ours to read. */
export function separateForwarded(args: readonly string[]): string[] {
  const at = args.findIndex((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--config');
  if (args[at] !== 'temporal' || ['--', '--help', '-h'].includes(args[at + 1] ?? '--')) return [...args];
  return [...args.slice(0, at + 1), '--', ...args.slice(at + 1)];
}
