import { join } from 'node:path';
import type { LoadedSettings } from '../config/load-settings.ts';
import type { TemporalAddress } from '../temporal/connect.ts';

/**
 * Where Temporal is: as it was set; else where this machine's own server runs, which took another port
 * if the usual one was taken; else the usual address.
 */
export async function temporalOf(loaded: LoadedSettings): Promise<TemporalAddress> {
  const { temporal, dataDir } = loaded.settings;
  if (loaded.origins.has('temporal.address')) return temporal;
  const { readServerNote } = await import('../temporal/server-note.ts');
  const note = await readServerNote(join(dataDir, 'temporal'));
  return note && isRunning(note.pid) ? { ...temporal, address: note.address } : temporal;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
