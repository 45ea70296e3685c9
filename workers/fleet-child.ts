import { fileURLToPath } from 'node:url';
import type { ResolvedSettings } from '../src/config/load-settings.ts';
import type { Logger } from '../src/logging/create-logger.ts';
import { startProgram } from '../src/supervisor/programs.ts';
import type { RunningProgram } from '../src/supervisor/programs.ts';
import { supervise } from '../src/supervisor/supervise.ts';
import { isChildMessage } from './child-protocol.ts';
import type { Role, StartMessage } from './child-protocol.ts';

export interface FleetChild {
  readonly role: Role;
  pid(): number | undefined;
  /** Resolves when it was ready for the first time; rejects when its settings are wrong. */
  readonly ready: Promise<{ readonly url: string | null }>;
  /** Resolves when it was given up for wrong settings, or stopped. */
  readonly done: Promise<{ readonly gaveUp: boolean }>;
  /** Ends it so that it starts again, with the settings as they are then. */
  restart(): void;
  stop(graceMs: number): Promise<void>;
}

export interface FleetChildOptions {
  readonly role: Role;
  /** Read at each start. */
  readonly settings: () => ResolvedSettings;
  /** Without secrets: settings travel over the channel. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pretty: boolean;
  readonly logger: Logger;
  readonly write: (line: string) => void;
}

/** The refusal of a child, in the words of its own error. */
export class ChildRefused extends Error {
  override readonly name = 'ChildRefused';
  readonly hint: string | null;

  constructor(message: string, hint: string | null) {
    super(message);
    this.hint = hint;
  }
}

/** Keeps one role of the fleet running as a process of its own. */
export function startFleetChild(options: FleetChildOptions): FleetChild {
  const { role, logger } = options;
  const ready = Promise.withResolvers<{ url: string | null }>();
  ready.promise.catch(() => undefined);
  let current: RunningProgram | undefined;
  const child = supervise({
    start: () => (current = startProcess(options, ready)),
    onStart: ({ pid }) => logger.debug({ role, pid }, 'process started'),
    onExit: ({ code, signal, error }, restartInMs) => {
      if (restartInMs === null) return;
      logger.warn({ role, code, signal, error, restartInMs }, 'process ended, starting it again');
    },
  });
  void child.done.then(() => ready.reject(new ChildRefused(`the ${role} could not start`, null)));
  return {
    role,
    pid: child.pid,
    ready: ready.promise,
    done: child.done,
    restart: () => void current?.stop(2_000),
    stop: child.stop,
  };
}

function startProcess(options: FleetChildOptions, ready: PromiseWithResolvers<{ url: string | null }>): RunningProgram {
  const { role, pretty, env, write } = options;
  const program = startProgram({
    command: process.execPath,
    args: [...process.execArgv, mainFile(), role],
    env,
    ipc: true,
    // JSON lines name their process themselves
    onLine: (line) => write(pretty ? `${role.padEnd(11)} | ${line}\n` : `${line}\n`),
  });
  program.onMessage((message) => {
    if (!isChildMessage(message)) return;
    if (message.type === 'ready') ready.resolve({ url: message.url });
    if (message.type === 'refused') ready.reject(new ChildRefused(message.message, message.hint));
  });
  const start: StartMessage = { type: 'start', settings: options.settings(), pretty };
  program.send(start);
  return program;
}

/** The entry point beside this file, in TypeScript or compiled. */
export function mainFile(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`main.${extension}`, import.meta.url));
}
