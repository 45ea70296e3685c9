import { FailureType, isFinal } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import type { Logger } from '../src/logging/create-logger.ts';
import { EXIT_CONFIG } from '../src/supervisor/supervise.ts';
import type { ChildMessage } from './child-protocol.ts';

/** One running role of the fleet. */
export interface RunningRole {
  /** Where it is reached, if it is. */
  readonly url: string | null;
  /** Rejects when it can go on no more. */
  readonly failed: Promise<never>;
  shutdown(): Promise<void>;
}

/** How long a shutdown may take before the process ends without it, milliseconds. */
const SHUTDOWN_MS = 9_000;
const IMPATIENT_MS = 1_000;

/**
 * Starts a role and keeps it until a signal, the end of the parent process, or its failure; resolves to the exit
 * status: 0, 1 (a restart may help) or 78 (its settings are wrong). `start` hears by its signal of an end before it is done.
 */
export async function runRole(start: (signal: AbortSignal) => Promise<RunningRole>, logger: Logger): Promise<number> {
  const asked = whenAskedToEnd();
  const stopping = new AbortController();
  void asked.then((reason) => stopping.abort(new Error(reason)));
  let role: RunningRole;
  try {
    role = await start(stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    return refuse(error, logger);
  }
  tellParent({ type: 'ready', url: role.url });
  logger.info({ url: role.url ?? undefined }, 'ready');
  let code = 0;
  try {
    const reason = await Promise.race([asked, role.failed]);
    logger.info({ reason }, 'shutting down');
  } catch (error) {
    logger.error({ error }, 'failed');
    code = 1;
  }
  const timer = setTimeout(() => {
    logger.warn('the shutdown takes too long, ending');
    process.exit(1);
  }, SHUTDOWN_MS);
  await role.shutdown().catch((error: unknown) => logger.warn({ error }, 'shutdown incomplete'));
  clearTimeout(timer);
  return code;
}

function refuse(error: unknown, logger: Logger): number {
  const typed = error instanceof TypedError ? error : undefined;
  logger.fatal(typed ? { type: typed.type, hint: typed.hint, reason: typed.message } : { error }, 'cannot start');
  // a server that is not there yet may come: everything else that is final stays so
  if (typed === undefined || typed.type === FailureType.Network || !isFinal(typed.type)) return 1;
  tellParent({ type: 'refused', message: typed.message, hint: typed.hint ?? null });
  return EXIT_CONFIG;
}

/**
 * Resolves with the reason when this process is asked to end. One Ctrl-C may arrive twice, from the terminal and from
 * npm; one that comes later means it: the process ends at once.
 */
function whenAskedToEnd(): Promise<string> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (askedAt !== undefined && performance.now() - askedAt > IMPATIENT_MS) process.exit(130);
        askedAt ??= performance.now();
        resolve(signal);
      });
    }
    // the parent died, however it died: nobody would find this process again
    process.once('disconnect', () => resolve('the parent process is gone'));
  });
}

function tellParent(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}
