import { lstat, realpath } from 'node:fs/promises';
import { FailureType } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';

/**
 * Remembers which folder a workspace is, so that it can be asked for again after something hostile may have run in it.
 * The returned check throws TypedError `WorkspaceLost` when the path has become a link or another folder.
 */
export async function guardWorkspace(path: string): Promise<() => Promise<void>> {
  const before = await identify(path);
  return async () => {
    const after = await identify(path);
    if (after !== before) throw lost(path, 'is another folder than before the session');
  };
}

async function identify(path: string): Promise<string> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) throw lost(path, 'does not exist');
  if (!found.isDirectory()) throw lost(path, 'is not a folder');
  return `${found.dev}:${found.ino}:${await realpath(path)}`;
}

function lost(path: string, what: string): TypedError {
  return new TypedError(FailureType.WorkspaceLost, `The workspace ${path} ${what}.`);
}
