import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FailureType } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';

/** Where the repositories of tasks are: a task carries the key of its repository alone, and is published much later. */
export interface RemoteRegistry {
  remember(key: string, url: string): Promise<void>;
  /** Throws `RepositoryNotFound` for a key that was never taken in. */
  find(key: string): Promise<string>;
}

/** One small file per repository. Keys are folder-safe. */
export function createRemoteRegistry(folder: string): RemoteRegistry {
  const fileOf = (key: string): string => join(folder, `${key}.url`);
  return {
    async remember(key, url) {
      const file = fileOf(key);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
      await writeFile(draft, url, { mode: 0o600 });
      await rename(draft, file);
    },
    async find(key) {
      try {
        return await readFile(fileOf(key), 'utf8');
      } catch (error) {
        throw new TypedError(FailureType.RepositoryNotFound, `It is not known where the repository ${key} is.`, {
          hint: 'Start the task again.',
          cause: error,
        });
      }
    },
  };
}
