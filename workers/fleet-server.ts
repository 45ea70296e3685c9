import { setTimeout as delay } from 'node:timers/promises';
import type { ResolvedSettings } from '../src/config/load-settings.ts';
import { FailureType } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import type { Logger } from '../src/logging/create-logger.ts';
import { connectClient } from '../src/temporal/connect.ts';
import { startEmbeddedServer } from '../src/temporal/embedded-server.ts';
import type { EmbeddedServer, EmbeddedServerOptions } from '../src/temporal/embedded-server.ts';
import { resolveTemporal } from '../src/temporal/resolve-temporal.ts';
import { ensureSearchAttributes } from '../src/temporal/search-attributes.ts';

const DEFAULT_ADDRESSES = ['127.0.0.1:7233', 'localhost:7233'];
const RESTART_MS = 500;

export interface FleetServer {
  address(): string;
  uiUrl(): string | null;
  /** The `temporal` binary of the embedded server; null for a server of somebody else's. */
  readonly executable: string | null;
  stop(): Promise<void>;
}

export interface FleetServerOptions {
  readonly settings: ResolvedSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly headless: boolean;
  readonly logger: Logger;
  /** The server came back at another address. */
  readonly onMove: (address: string) => void;
  /** Ends the start, not the server that runs. */
  readonly signal?: AbortSignal | undefined;
}

/** The server of a fleet: the one that the settings name, or where they name none, an embedded one that is kept running. */
export async function startFleetServer(options: FleetServerOptions): Promise<FleetServer> {
  const { temporal } = options.settings;
  const isOwn = DEFAULT_ADDRESSES.includes(temporal.address) && !temporal.tls && temporal.apiKey === undefined;
  if (isOwn) return await keepEmbedded(options);
  const connected = await connectClient(temporal);
  await ensureSearchAttributes(connected.connection, temporal.namespace).finally(() => connected.close());
  return { address: () => temporal.address, uiUrl: () => null, executable: null, stop: () => Promise.resolve() };
}

async function keepEmbedded({
  settings,
  env,
  headless,
  logger,
  onMove,
  signal,
}: FleetServerOptions): Promise<FleetServer> {
  const { path: executable } = await resolveTemporal({
    executable: settings.temporal.executable,
    cacheDir: settings.cacheDir,
    env,
    onProgress: (progress) => logger.info({ progress }, 'preparing the temporal server'),
    signal,
  });
  const options: EmbeddedServerOptions = {
    executable,
    dataDir: settings.dataDir,
    namespace: settings.temporal.namespace,
    retentionDays: settings.limits.retentionDays,
    port: Number(settings.temporal.address.split(':')[1]),
    headless,
    env,
  };
  let current = await startEmbeddedServer({ ...options, signal });
  if (current.reused) logger.info({ address: current.address }, 'found the temporal server of an earlier run');
  const stopping = new AbortController();

  async function keep(): Promise<void> {
    for (;;) {
      await current.ended;
      if (stopping.signal.aborted) return;
      logger.warn({ logFile: current.logFile }, 'temporal server ended, starting it again');
      const next = await restart();
      if (next === undefined) return;
      const hasMoved = next.address !== current.address;
      current = next;
      if (hasMoved) onMove(next.address);
    }
  }

  async function restart(): Promise<EmbeddedServer | undefined> {
    while (!stopping.signal.aborted) {
      await delay(RESTART_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      try {
        return await startEmbeddedServer({ ...options, port: Number(current.address.split(':')[1]) });
      } catch (error) {
        logger.error({ error }, 'the temporal server does not start');
      }
    }
    return undefined;
  }

  const keeping = keep();
  return {
    address: () => current.address,
    uiUrl: () => current.uiUrl,
    executable,
    async stop() {
      stopping.abort();
      await current.stop();
      await keeping;
    },
  };
}

/** Says that `up` works on that folder already. */
export function alreadyUp(dataDir: string, pid: string): TypedError {
  return new TypedError(FailureType.ConfigError, `taskfleet is up already on ${dataDir} (process ${pid}).`, {
    hint: 'Use that one, end it first, or set dataDir (TASKFLEET_DATA_DIR) to another folder.',
  });
}
