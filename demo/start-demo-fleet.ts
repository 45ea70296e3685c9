import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, type CliContext } from '../src/cli/context.ts';
import type { TaskService } from '../src/cli/task-service.ts';
import type { ResolvedSettings } from '../src/config/load-settings.ts';
import { FailureType } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import type { GatewayClient } from '../src/gateway/gateway-client.ts';
import { createLogger } from '../src/logging/create-logger.ts';
import { runProgram } from '../src/supervisor/programs.ts';
import { readServerNote } from '../src/temporal/server-note.ts';
import { startFleet } from '../workers/up.ts';
import { fleetSettings, type Environment } from './demo-settings.ts';
import type { EmulatedGithub } from './emulator/start-emulated-github.ts';
import { freePort } from './emulator/free-port.ts';
import type { Prepared } from './prepare-demo.ts';
import type { Show } from './run-demo.ts';

/** A fleet at work, and the command line's own view of it. */
export interface DemoFleet {
  readonly temporalAddress: string;
  readonly uiUrl: string | null;
  readonly github: EmulatedGithub;
  readonly context: CliContext;
  readonly service: TaskService;
  readonly gateway: GatewayClient;
}

/** Starts Temporal's server, a coordinator and a host as `taskfleet up` does, with the demo's settings. */
export async function startDemoFleet(
  given: Show & { readonly own: ResolvedSettings; readonly prepared: Prepared },
): Promise<DemoFleet> {
  const { own, prepared, env, output, dir, signal, closers } = given;
  const registry = await npmRegistry(env);
  const settings = fleetSettings(own, {
    ...prepared,
    gatewayPort: await freePort(),
    passEnv: Object.keys(registry),
  });
  output.say('Starting the Temporal server, a coordinator and a host with three slots …');
  const logFile = join(dir, 'fleet.log');
  const write = (text: string): void => appendFileSync(logFile, text);
  const logger = createLogger({
    level: own.logLevel,
    name: 'demo',
    pretty: true,
    write,
    secrets: [prepared.github.token],
  });
  const fleet = await startFleet(settings, {
    env: { ...env, ...registry },
    logger,
    pretty: true,
    write,
    signal: AbortSignal.any([signal, tooLate()]),
  });
  closers.add(() => fleet.shutdown());
  const here = { ...settings, temporal: { ...settings.temporal, address: fleet.temporalAddress } };
  const origins = new Map([['temporal.address', 'option of the demo'] as const]);
  const loaded = { settings: here, file: undefined, origins };
  const context = createContext({ loaded, output, env, cwd: dir });
  closers.add(() => context.close());
  const note = await readServerNote(join(dir, 'temporal'));
  return {
    temporalAddress: fleet.temporalAddress,
    uiUrl: note?.uiUrl ?? null,
    github: prepared.github,
    context,
    service: await context.tasks(),
    gateway: await context.gateway(),
  };
}

const START_MS = 120_000;

/** Aborts when a start has taken too long: without a person at the terminal nobody else would end it. */
function tooLate(): AbortSignal {
  const late = new AbortController();
  const reason = new TypedError(FailureType.ConfigError, 'The fleet did not start within two minutes.', {
    hint: 'Its log says why.',
  });
  setTimeout(() => late.abort(reason), START_MS).unref();
  return late.signal;
}

/** The registry that the person's npm is set to: set-up runs with a home of its own, where their `.npmrc` is not. */
async function npmRegistry(env: Environment): Promise<Record<string, string>> {
  const asked = await runProgram({ command: 'npm', args: ['config', 'get', 'registry'], env, timeoutMs: 30_000 });
  const url = asked.output.split('\n').find((line) => /^https?:\/\//.test(line.trim()));
  return asked.code === 0 && url !== undefined ? { npm_config_registry: url.trim() } : {};
}
