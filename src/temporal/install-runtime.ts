import type { LogLevel, LogMetadata, Logger as TemporalLogger } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';
import type { Logger } from '../logging/create-logger.ts';

/**
 * Makes the SDK, its native core, workflows and activities log through our logger, and leaves signals to us.
 * Once per process, before the first Worker; later calls change nothing.
 */
export function installRuntime(logger: Logger): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: adapt(logger),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    shutdownSignals: [],
  });
}

let installed = false;

const WORDS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
/** What the SDK says of its own start and stop, which our processes say better. */
const DETAIL = new Set(['worker', 'core']);

function adapt(logger: Logger): TemporalLogger {
  const log = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    const { sdkComponent, ...fields } = meta;
    const isMeant = level === 'WARN' && /^No (workflows|activities|Nexus services) registered/.test(message);
    const quiet = isMeant || (level === 'INFO' && DETAIL.has(String(sdkComponent)));
    logger[quiet ? 'debug' : WORDS[level]]({ ...fields, component: sdkComponent }, message);
  };
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}
