import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

export interface TemporalAddress {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string | undefined;
  readonly tls?: boolean | undefined;
}

export interface ConnectedClient {
  readonly client: Client;
  readonly connection: Connection;
  close(): Promise<void>;
}

/** Connects and finds the namespace; throws `Network`, or `ConfigError` where the namespace is missing. */
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

/** The connection that all Workers of one process share. */
export async function connectWorker(to: TemporalAddress): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(transport(to));
  } catch (error) {
    throw unreachable(to, error);
  }
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

function transport(to: TemporalAddress) {
  return {
    address: to.address,
    ...(to.apiKey !== undefined && { apiKey: to.apiKey }),
    ...((to.tls || to.apiKey !== undefined) && { tls: true }),
  };
}

function unreachable(to: TemporalAddress, cause: unknown): TypedError {
  return new TypedError(FailureType.Network, `No Temporal server answers at ${to.address}.`, {
    hint:
      "Start one with 'taskfleet up', or set temporal.address (TEMPORAL_ADDRESS) to yours" +
      `${to.tls || to.apiKey ? '' : '; a server behind TLS needs temporal.tls (TEMPORAL_TLS)'}.`,
    cause,
  });
}
