import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A lock older than this belongs to a process that died: none of our git commands holds one for so long. */
const DEAD_AFTER_MS = 10 * 60 * 1000;

/** Removes the lock files that killed processes left in a mirror; says which. */
export async function removeDeadLocks(mirror: string, now: number = Date.now()): Promise<string[]> {
  const removed: string[] = [];
  const folders = [mirror, join(mirror, 'objects', 'info'), ...(await foldersBelow(join(mirror, 'refs')))];
  for (const folder of folders) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (!entry.isFile() || !entry.name.endsWith('.lock')) continue;
      const path = join(folder, entry.name);
      const found = await stat(path).catch(() => undefined);
      if (!found || now - found.mtimeMs < DEAD_AFTER_MS) continue;
      await rm(path, { force: true });
      removed.push(path);
    }
  }
  return removed;
}

async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => foldersBelow(join(folder, entry.name))),
  );
  return [folder, ...below.flat()];
}
