import { NativeConnection } from '@temporalio/worker';
import { transport, unreachable } from './temporal-address.ts';
import type { TemporalAddress } from './temporal-address.ts';

/**
 * The connection that all Workers of one process share; throws `Network`. Apart from the clients' own:
 * this one loads the native core, which takes longer than a command needs to answer.
 */
export async function connectWorker(to: TemporalAddress): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(transport(to));
  } catch (error) {
    throw unreachable(to, error);
  }
}
