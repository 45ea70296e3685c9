import type { Logger } from '../src/logging/create-logger.ts';

/** What a process has opened, to be closed in the opposite order, whatever of it fails. */
export class Closers {
  private readonly logger: Logger;
  private readonly closers: (() => void | Promise<void>)[] = [];

  constructor(logger: Logger) {
    this.logger = logger;
  }

  add(close: () => void | Promise<void>): void {
    this.closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        this.logger.warn({ error }, 'not closed in order');
      }
    }
  }
}
