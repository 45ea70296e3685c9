import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

const PART = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,150}$/;

/**
 * The folder of a repository's mirror, or undefined where there is none.
 * Nothing outside the root is ever named, by dots, by encoding or by a symbolic link.
 */
export async function findMirror(gitRoot: string, repoKey: string): Promise<string | undefined> {
  const parts = repoKey.split('/');
  if (!parts.every((part) => PART.test(part) && !part.endsWith('.git'))) return undefined;
  try {
    const root = await realpath(gitRoot);
    const mirror = await realpath(join(root, `${repoKey}.git`));
    return mirror.startsWith(root + sep) ? mirror : undefined;
  } catch {
    return undefined;
  }
}
