import { accessSync, constants, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MAX_BYTES = 512 * 1024;
const MAX_ENTRIES = 20_000;
const PASSED_OVER = new Set(['node_modules', 'vendor', 'target', 'build', 'dist', 'venv', '__pycache__']);

/** A look into a working tree that somebody else wrote: sizes are capped, symbolic links are not followed. */
export interface RepositoryFiles {
  has(path: string): boolean;
  isExecutable(path: string): boolean;
  /** Undefined where there is no such regular file or it is larger than 512 KiB. */
  read(path: string): string | undefined;
  /** The files whose path matches, dependencies, build output and dot folders left out; looks at 20,000 entries. */
  list(pattern: RegExp): string[];
}

export function openRepositoryFiles(root: string): RepositoryFiles {
  let paths: string[] | undefined;
  const stat = (path: string) => lstatSync(join(root, path), { throwIfNoEntry: false });
  return {
    has: (path) => stat(path) !== undefined,
    isExecutable(path) {
      if (!stat(path)?.isFile()) return false;
      try {
        accessSync(join(root, path), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
    read(path) {
      const found = stat(path);
      if (!found?.isFile() || found.size > MAX_BYTES) return undefined;
      return readFileSync(join(root, path), 'utf8').replace(/^\ufeff/, '');
    },
    list(pattern) {
      paths ??= listFiles(root);
      return paths.filter((path) => pattern.test(path));
    },
  };
}

/** Paths below the root, the shallow ones first. */
function listFiles(root: string): string[] {
  const files: string[] = [];
  const folders = [''];
  let seen = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      seen += 1;
      if (seen > MAX_ENTRIES) return files;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) files.push(path);
      if (entry.isDirectory() && !entry.name.startsWith('.') && !PASSED_OVER.has(entry.name)) folders.push(path);
    }
  }
  return files;
}
