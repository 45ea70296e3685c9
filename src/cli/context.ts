import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedSettings, ResolvedSettings } from '../config/load-settings.ts';
import { DEFAULT_PRIORITY } from '../contract/task-input.ts';
import type { GatewayClient } from '../gateway/gateway-client.ts';
import { CommandError } from './command-error.ts';
import { ExitCode } from './exit-code.ts';
import type { Output } from './output/output.ts';
import type { TaskService } from './task-service.ts';

/** What a command works with. Each service is loaded and connected when it is first asked for. */
export interface CliContext {
  readonly settings: ResolvedSettings;
  readonly loaded: LoadedSettings;
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  now(): Date;
  tasks(): Promise<TaskService>;
  gateway(): Promise<GatewayClient>;
  /** The coordinator's client, or undefined where there is no token to reach it by. */
  gatewayIfKnown(): Promise<GatewayClient | undefined>;
  readStdin(): Promise<string>;
  /** Aborted by the first Ctrl-C; without a call of this, Ctrl-C ends the process. */
  interruption(): AbortSignal;
  close(): Promise<void>;
}

export interface ContextOptions {
  readonly loaded: LoadedSettings;
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export function createContext(options: ContextOptions): CliContext {
  const { settings } = options.loaded;
  const closers: (() => Promise<void>)[] = [];
  let interrupted: AbortController | undefined;
  const tasks = once(async () => {
    const [{ connectTemporal }, { createTaskService }, { createSubmitter }, { identifyTask }] = await Promise.all([
      import('./connect-temporal.ts'),
      import('./task-service.ts'),
      import('../temporal/submit-task.ts'),
      import('../intake/task-identity.ts'),
    ]);
    const connected = await connectTemporal(options.loaded);
    closers.push(() => connected.close());
    const submitter = createSubmitter({
      client: connected.client,
      // without a coordinator's word, Temporal alone says what has been done
      ledger: { find: async (id) => (await gatewayIfKnown())?.task(id).catch(() => undefined) },
      identify: (input) => identifyTask(input, settings.github),
      defaults: { priority: DEFAULT_PRIORITY },
    });
    return createTaskService({ client: connected.client, submitter });
  });
  const gatewayIfKnown = once(async () => {
    const token = settings.gateway.token ?? readTokenFile(settings.dataDir);
    if (token === undefined) return undefined;
    const { createGatewayClient } = await import('../gateway/gateway-client.ts');
    return createGatewayClient({ url: settings.gateway.url, token });
  });
  return {
    ...options,
    settings,
    now: () => new Date(),
    tasks,
    gatewayIfKnown,
    gateway: async () => {
      const client = await gatewayIfKnown();
      if (client) return client;
      throw new CommandError(
        ExitCode.CannotConnect,
        `no token for the coordinator at ${settings.gateway.url}`,
        "start 'taskfleet up' here, or set gateway.token (TASKFLEET_GATEWAY_TOKEN) to the coordinator's",
      );
    },
    readStdin,
    interruption: () => {
      interrupted ??= interruptionOf(closers);
      return interrupted.signal;
    },
    close: async () => {
      for (const close of closers.splice(0).reverse()) await close().catch(() => undefined);
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function readTokenFile(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, 'gateway.token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function interruptionOf(closers: (() => Promise<void>)[]): AbortController {
  const controller = new AbortController();
  const stop = (): void => {
    // a second Ctrl-C finds no handler and ends the process
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  closers.push(() => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    return Promise.resolve();
  });
  return controller;
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
