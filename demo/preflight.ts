import { FailureType } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import { findProgram } from '../src/process/find-program.ts';
import { runProgram } from '../src/supervisor/programs.ts';
import type { Environment } from './demo-settings.ts';

const NEEDED: readonly (readonly [string, string])[] = [
  ['git', 'to hold the repositories'],
  ['npm', 'to fetch and test packages'],
  ['tar', 'to unpack them'],
];

/** Says what is missing on this machine before anything is begun; throws TypedError ConfigError with all of it. */
export function requirePrograms(env: Environment): void {
  const missing = NEEDED.filter(([program]) => findProgram(program, env['PATH']) === undefined);
  if (missing.length === 0) return;
  const list = missing.map(([program, purpose]) => `'${program}' (${purpose})`).join(', ');
  throw new TypedError(FailureType.ConfigError, `The demo needs ${list}.`, {
    hint: 'Install it, on the PATH that the demo is started with.',
  });
}

/** Whether Python can be used here: 3.7 or newer, with pip. */
export async function hasPython(env: Environment): Promise<boolean> {
  const ask = ['-c', 'import sys, pip; sys.exit(sys.version_info < (3, 7))'];
  const { code } = await runProgram({ command: 'python3', args: ask, env, timeoutMs: 20_000 });
  return code === 0;
}
