import { spawn } from 'node:child_process';
import { TypedError } from '../domain/typed-error.ts';
import { FailureType } from '../domain/failure-type.ts';
import { findProgram } from './find-program.ts';

const FLAGS = ['--dev-bind', '/', '/', '--proc', '/proc', '--unshare-pid', '--die-with-parent'] as const;
const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin';
const PROBE_MS = 5_000;

export type Isolation = 'auto' | 'bubblewrap' | 'none';

/**
 * The path of a bubblewrap that was seen to work here, or undefined for none.
 * Really runs it: containers often have the program but refuse the namespace.
 */
export async function findBubblewrap(isolation: Isolation): Promise<string | undefined> {
  if (isolation === 'none') return undefined;
  const program = findProgram('bwrap', SEARCH_PATH);
  if (program && (await works(program))) return program;
  if (isolation === 'auto') return undefined;
  throw new TypedError(
    FailureType.ConfigError,
    program ? 'bubblewrap is installed but may not make a PID namespace here' : 'bubblewrap is not installed',
    { hint: "Install the package `bubblewrap`, allow user namespaces, or set host.isolation to 'none'." },
  );
}

/** The program and its arguments as bubblewrap wants them: in a PID namespace that dies with us. */
export function wrap(program: string, args: readonly string[], cwd: string): string[] {
  return [...FLAGS, '--chdir', cwd, '--', program, ...args];
}

async function works(program: string): Promise<boolean> {
  const child = spawn(program, [...FLAGS, '--', 'true'], {
    stdio: 'ignore',
    env: { PATH: SEARCH_PATH },
    timeout: PROBE_MS,
    killSignal: 'SIGKILL',
  });
  return await new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
