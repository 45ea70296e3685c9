import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** The id that was set, or the one in `<dataDir>/hosts/id`: made once, so that a restarted host finds its workspaces. */
export async function stableHostId(dataDir: string, configured?: string): Promise<string> {
  if (configured !== undefined) return configured;
  const folder = join(dataDir, 'hosts');
  const file = join(folder, 'id');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, newHostId());
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(file, 'utf8')).trim();
}

function newHostId(): string {
  const name = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${name || 'host'}-${randomBytes(3).toString('hex')}`;
}
