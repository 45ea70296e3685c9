import type { Logger } from '../src/logging/create-logger.ts';

/** What a process of the fleet has of its surroundings. */
export interface ProcessContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /** Aborted when the process is asked to end, be it before it is ready. */
  readonly signal?: AbortSignal;
}
