import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedSettings } from '../src/config/load-settings.ts';
import type { Logger } from '../src/logging/create-logger.ts';
import { lockHolder, tryProcessLock } from '../src/supervisor/process-lock.ts';
import { Closers } from './closers.ts';
import { startFleetChild } from './fleet-child.ts';
import type { FleetChild } from './fleet-child.ts';
import { alreadyUp, startFleetServer } from './fleet-server.ts';
import { withoutForgeToken, withoutSecrets } from './forge-secrets.ts';
import { ensureGatewayToken } from './gateway-token.ts';
import type { RunningRole } from './run-role.ts';
import { unlessAborted } from './unless-aborted.ts';
import { upReport } from './up-report.ts';

/** Children first, then the server: together below ten seconds. */
const CHILD_GRACE_MS = 4_500;

export interface UpOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /** Lines for people, with the process's name in front; else the JSON of the processes as it comes. */
  readonly pretty: boolean;
  readonly write: (text: string) => void;
  /** No Temporal Web UI. */
  readonly headless?: boolean;
  /** Ends the start: what was started is ended again, and the promise rejects. */
  readonly signal?: AbortSignal;
}

export interface Fleet extends RunningRole {
  readonly temporalAddress: string;
  readonly report: string;
  /** Pids at this moment, by process. */
  pids(): { readonly coordinator: number | undefined; readonly host: number | undefined };
}

/**
 * Starts everything on one machine: server, coordinator, host, each a process of its own that is started again
 * when it dies. Resolves when all are ready. Throws `ConfigError` where another one is at work on the same data.
 */
export async function startFleet(settings: ResolvedSettings, options: UpOptions): Promise<Fleet> {
  const { logger, env } = options;
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const lockFile = join(settings.dataDir, 'up.lock');
  const lock = tryProcessLock(lockFile);
  if (!lock) throw alreadyUp(settings.dataDir, lockHolder(lockFile));
  const closers = new Closers(logger);
  closers.add(() => lock.release());
  try {
    options.signal?.throwIfAborted();
    const token = await ensureGatewayToken(settings);
    const children: FleetChild[] = [];
    const server = await startFleetServer({
      settings,
      env,
      headless: options.headless === true,
      logger,
      signal: options.signal,
      onMove: () => {
        for (const child of children) child.restart();
      },
    });
    closers.add(() => server.stop());
    closers.add(async () => void (await Promise.all(children.map((child) => child.stop(CHILD_GRACE_MS)))));
    const common = { env: withoutSecrets(env), pretty: options.pretty, logger, write: options.write };
    const current = (): ResolvedSettings => ({
      ...settings,
      temporal: { ...settings.temporal, address: server.address() },
      gateway: { ...settings.gateway, token },
    });

    const coordinator = startFleetChild({ ...common, role: 'coordinator', settings: current });
    children.push(coordinator);
    const gatewayUrl = (await unlessAborted(coordinator.ready, options.signal)).url ?? settings.gateway.url;
    const forHost = () => withoutForgeToken({ ...current(), gateway: { ...current().gateway, url: gatewayUrl } });
    const host = startFleetChild({ ...common, role: 'host', settings: forHost });
    children.push(host);
    await unlessAborted(host.ready, options.signal);

    const report = upReport({
      temporalAddress: server.address(),
      temporalExecutable: server.executable,
      namespace: settings.temporal.namespace,
      uiUrl: server.uiUrl(),
      gatewayUrl,
      dataDir: settings.dataDir,
    });
    return {
      url: gatewayUrl,
      temporalAddress: server.address(),
      report,
      failed: whenGivenUp(children),
      pids: () => ({ coordinator: coordinator.pid(), host: host.pid() }),
      shutdown: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

function whenGivenUp(children: readonly FleetChild[]): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => {
    for (const { done, role } of children) {
      void done.then(({ gaveUp }) => gaveUp && reject(new Error(`the ${role} cannot work with these settings`)));
    }
  });
  failed.catch(() => undefined);
  return failed;
}
