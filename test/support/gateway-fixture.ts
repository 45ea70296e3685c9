import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderArtifacts } from '../../src/artifacts/folder-artifacts.ts';
import { createGatewayClient, type GatewayClient } from '../../src/gateway/gateway-client.ts';
import { startGateway } from '../../src/gateway/start-gateway.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { openFileTaskLog, type FileTaskLog } from '../../src/task-log/file-task-log.ts';

export const TOKEN = 'a-token-for-tests-only';

/** A gateway over real stores in a folder of its own. */
export interface GatewayFixture {
  readonly folder: string;
  readonly gitRoot: string;
  readonly url: string;
  readonly ledger: Ledger;
  readonly logs: FileTaskLog;
  readonly client: GatewayClient;
  /** What the gateway told its operator. */
  readonly errors: unknown[];
  /** Stops it, keeps its data. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** Starts one; over the data of an earlier one when its folder is given. */
export async function openGateway(
  options: { readonly folder?: string; readonly listen?: string; readonly maxArtifactBytes?: number } = {},
): Promise<GatewayFixture> {
  const { listen = '127.0.0.1:0', maxArtifactBytes } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'gateway-')));
  const gitRoot = join(folder, 'mirrors');
  const ledger = await openSqliteLedger({ file: join(folder, 'ledger.db') });
  const logs = await openFileTaskLog({ folder: join(folder, 'logs') });
  const artifacts = await openFolderArtifacts({ root: join(folder, 'artifacts') });
  const errors: unknown[] = [];
  const gateway = await startGateway({
    listen,
    token: TOKEN,
    ledger,
    artifacts,
    logs,
    gitRoot,
    version: '0.1.0-test',
    onError: (error) => errors.push(error),
    ...(maxArtifactBytes !== undefined && { maxArtifactBytes }),
  });
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await gateway.close();
    ledger.close();
  };
  const { url } = gateway;
  return {
    ...{ folder, gitRoot, url, ledger, logs, errors, stop },
    client: createGatewayClient({ url, token: TOKEN }),
    async remove() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
