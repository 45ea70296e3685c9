import { connect } from 'node:net';
import { join } from 'node:path';
import type { LoadedSettings } from '../config/load-settings.ts';
import type { ConnectedClient } from '../temporal/connect.ts';
import type { TemporalAddress } from '../temporal/temporal-address.ts';

const CONNECT_MS = 5_000;
/** gRPC tries again until its time is over, also where nobody listens: then a short time says the same. */
const REFUSED_MS = 100;

/** Connects to the fleet's Temporal; throws `Network` with the address and the mend. */
export async function connectTemporal(loaded: LoadedSettings): Promise<ConnectedClient> {
  const [{ connectClient }, address] = await Promise.all([import('../temporal/connect.ts'), temporalOf(loaded)]);
  return await connectClient(address, (await isRefused(address.address)) ? REFUSED_MS : CONNECT_MS);
}

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

function isRefused(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':');
  const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(false));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
    socket.setTimeout(1_000, () => resolve(false));
  }).finally(() => socket.destroy());
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
