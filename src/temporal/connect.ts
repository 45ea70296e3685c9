import { Client, Connection } from '@temporalio/client';
import { transport, unreachable } from './temporal-address.ts';
import type { TemporalAddress } from './temporal-address.ts';

export interface ConnectedClient {
  readonly client: Client;
  readonly connection: Connection;
  close(): Promise<void>;
}

/** Connects as a client alone: no Worker, no native code. Throws `Network`. */
export async function connectClient(to: TemporalAddress, timeoutMs = 10_000): Promise<ConnectedClient> {
  const connection = await Connection.connect({ ...transport(to), connectTimeout: timeoutMs }).catch(
    (error: unknown) => {
      throw unreachable(to, error);
    },
  );
  return {
    client: new Client({ connection, namespace: to.namespace }),
    connection,
    close: () => connection.close(),
  };
}

/** Whether a Temporal server answers there within the time. */
export async function isReachable(to: TemporalAddress, timeoutMs: number): Promise<boolean> {
  try {
    const connected = await connectClient(to, timeoutMs);
    await connected.close();
    return true;
  } catch {
    return false;
  }
}
