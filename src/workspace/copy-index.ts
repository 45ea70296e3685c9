import { copyFile, stat, utimes } from 'node:fs/promises';

/**
 * Copies one of git's indexes together with its time. Git compares sizes and whole seconds: a file that was seen in the
 * second in which the index was written is read again, lest a later edit of the same second and size go unseen.
 * A copy with a younger time would lose that edit.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { mtimeMs } = await stat(from);
  await copyFile(from, to);
  const wholeSeconds = Math.floor(mtimeMs / 1000);
  await utimes(to, wholeSeconds, wholeSeconds);
}
