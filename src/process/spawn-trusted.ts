import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface TrustedSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the program and what it started within two seconds. */
  readonly signal: AbortSignal;
}

export interface TrustedProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves to the exit code (null after a signal) once all output was read; never rejects. */
  readonly exited: Promise<number | null>;
}

const GRACE_MS = 1_500;

/**
 * Starts a program of ours on data of ours, without sandbox: git on a trusted mirror, say.
 * Never for what works in a workspace: that belongs into a process tree.
 */
export function spawnTrusted(spec: TrustedSpec): TrustedProcess {
  const { command, args, cwd, env, signal } = spec;
  // a group of its own, so that its helpers end with it
  const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const end = (how: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, how);
    } catch {
      // it is gone already
    }
  };
  const onAbort = () => {
    end('SIGTERM');
    setTimeout(() => end('SIGKILL'), GRACE_MS).unref();
  };
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  }).finally(() => signal.removeEventListener('abort', onAbort));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  // a program that ends before it read everything is no failure of ours
  child.stdin.on('error', () => undefined);
  return { stdin: child.stdin, stdout: child.stdout, exited };
}
