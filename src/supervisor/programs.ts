import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** One of our own programs: trusted, unlike what `src/process` runs for sessions. */
export interface ProgramSpec {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when the program could not be started at all. */
  readonly error: Error | undefined;
}

export interface RunningProgram {
  readonly pid: number | undefined;
  readonly exited: Promise<ProgramExit>;
  /** Asks the whole process group to end, and ends it when the grace (milliseconds) is over. */
  stop(graceMs: number, signal?: NodeJS.Signals): Promise<ProgramExit>;
  /** The two directions of the channel of a program that was started with `ipc`. */
  onMessage(listener: (message: unknown) => void): void;
  send(message: object): void;
  /** Lets go of the program: it goes on when this process ends. */
  release(): void;
}

export interface StartSpec extends ProgramSpec {
  /** Both streams are appended to this file. */
  readonly logFile?: string;
  /** Called for each line of both streams when there is no log file. */
  readonly onLine?: (line: string) => void;
  /** Opens a channel; the program sees it close when this process dies, however it dies. */
  readonly ipc?: boolean;
}

/**
 * Starts a program in a process group of its own, so that a Ctrl-C at the terminal reaches this process alone
 * and the programs end in the order that this process chooses.
 */
export function startProgram(spec: StartSpec): RunningProgram {
  const log = spec.logFile === undefined ? undefined : openSync(spec.logFile, 'a', 0o600);
  const output = log ?? 'pipe';
  const stdio: StdioOptions = ['ignore', output, output, ...(spec.ipc ? ['ipc' as const] : [])];
  const child = spawn(spec.command, [...spec.args], { env: { ...spec.env }, cwd: spec.cwd, stdio, detached: true });
  if (log !== undefined) closeSync(log);
  const exited = exitOf(child);
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    const lines = createInterface({ input: stream, crlfDelay: Infinity });
    lines.on('line', (line) => spec.onLine?.(line));
  }
  return {
    pid: child.pid,
    exited,
    onMessage: (listener) => void child.on('message', listener),
    send(message) {
      // a program that ended in between shows by its exit
      if (child.connected) child.send(message, () => undefined);
    },
    release() {
      if (child.connected) child.disconnect();
      child.unref();
    },
    async stop(graceMs, signal = 'SIGTERM') {
      signalGroup(child, signal);
      const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
      try {
        return await exited;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

export interface ProgramResult extends ProgramExit {
  /** The last 64 KB of both streams. */
  readonly output: string;
  readonly timedOut: boolean;
}

/** Runs a program to its end; never rejects for what it did. */
export async function runProgram(
  spec: ProgramSpec & {
    readonly timeoutMs: number;
    readonly onLine?: (line: string) => void;
    readonly signal?: AbortSignal;
  },
): Promise<ProgramResult> {
  let output = '';
  let timedOut = false;
  const onLine = (line: string) => {
    output = `${output}${line}\n`.slice(-65_536);
    spec.onLine?.(line);
  };
  const program = startProgram({ ...spec, onLine });
  const timer = setTimeout(() => {
    timedOut = true;
    void program.stop(500);
  }, spec.timeoutMs);
  const onAbort = () => void program.stop(500);
  spec.signal?.addEventListener('abort', onAbort, { once: true });
  if (spec.signal?.aborted) onAbort();
  try {
    return { ...(await program.exited), output, timedOut };
  } finally {
    clearTimeout(timer);
    spec.signal?.removeEventListener('abort', onAbort);
  }
}

function exitOf(child: ChildProcess): Promise<ProgramExit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    // 'close' and not 'exit': the last lines of output come between the two
    child.once('close', (code, signal) => resolve({ code, signal, error: undefined }));
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it ended in between
  }
}
