import type { TreeProcess } from '../process/process-trees.ts';

const STDERR_BYTES = 8192;
/** After the first signal; cancellation is promised within two seconds. */
const KILL_AFTER_MS = 1000;
const EXIT_WAIT_MS = 2000;

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface WatchedProcess {
  /** Ends the tree: a polite signal, then the other. */
  end(): void;
  /** How it ended, once it has; it is ended when it has not within two seconds. */
  ended(): Promise<Exit | undefined>;
  /** The last 8 KB. */
  stderr(): string;
}

/** Follows a process that somebody else reads from and writes to. */
export function watchProcess(child: TreeProcess): WatchedProcess {
  let tail = '';
  let exit: Exit | undefined;
  child.stderr.on('data', (chunk: Buffer | string) => {
    tail = (tail + String(chunk)).slice(-STDERR_BYTES);
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      resolve();
    });
    child.once('error', () => resolve());
  });
  const end = (): void => {
    child.kill('SIGTERM');
    setTimeout(() => exit ?? child.kill('SIGKILL'), KILL_AFTER_MS).unref();
  };
  return {
    end,
    async ended() {
      await within(gone, EXIT_WAIT_MS);
      if (!exit) end();
      await within(gone, EXIT_WAIT_MS);
      return exit;
    },
    stderr: () => tail,
  };
}

async function within(done: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([done, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
