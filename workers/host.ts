import { mkdir } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import type { ResolvedSettings } from '../src/config/load-settings.ts';
import type { HostReport } from '../src/contract/host-report.ts';
import { FailureType } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import { createGatewayClient } from '../src/gateway/gateway-client.ts';
import type { GatewayClient } from '../src/gateway/gateway-client.ts';
import { freeResources } from '../src/host/free-resources.ts';
import { createSlotPool } from '../src/host/slot-pool.ts';
import type { SlotPool } from '../src/host/slot-pool.ts';
import { buildSpecialties, requireSpecialty } from '../src/intake/specialties.ts';
import type { Logger } from '../src/logging/create-logger.ts';
import { createProcessTrees } from '../src/process/create-process-trees.ts';
import { lockHolder, tryProcessLock } from '../src/supervisor/process-lock.ts';
import { connectWorker } from '../src/temporal/connect-worker.ts';
import { installRuntime } from '../src/temporal/install-runtime.ts';
import { Closers } from './closers.ts';
import { secretVariables, withoutForgeToken } from './forge-secrets.ts';
import { ensureGatewayToken } from './gateway-token.ts';
import { createHostActivities } from './host-activities.ts';
import { stableHostId } from './host-id.ts';
import { observeSlots, startHostWorkers } from './host-workers.ts';
import { packageVersion } from './package-version.ts';
import type { ProcessContext } from './process-context.ts';
import type { RunningRole } from './run-role.ts';
import { sweepHost } from './sweep-host.ts';

const REPORT_MS = 10_000;
const MOST_SLOTS = 8;

/**
 * Starts a session host: it asks for tasks of its specialties while it has a free slot. It never holds the forge's token,
 * and reaches ledger, artifacts and repositories through the gateway alone.
 * Throws `ConfigError` when another process works under the same id, `Network` where server or gateway do not answer.
 */
export async function startHost(given: ResolvedSettings, context: ProcessContext): Promise<RunningRole> {
  const { logger } = context;
  const settings = withoutForgeToken(given);
  for (const name of secretVariables()) delete process.env[name];
  installRuntime(logger);
  const closers = new Closers(logger);
  try {
    const hostId = await stableHostId(settings.dataDir, settings.host.id);
    const folder = join(settings.dataDir, 'hosts', hostId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lock = lockHost(folder, hostId);
    closers.add(() => lock.release());

    const gateway = createGatewayClient({ url: settings.gateway.url, token: await ensureGatewayToken(settings) });
    await gateway.health();
    closers.add(() => gateway.log.flush());
    const trees = await createProcessTrees({ owner: hostId, isolation: settings.host.isolation });
    const left = await trees.reap();
    if (left > 0) logger.info({ processes: left }, 'ended what an earlier process left behind');

    await sweepHost({ folder, env: context.env, passEnv: settings.host.passEnv, gateway, logger });
    const slots = observeSlots(createSlotPool(settings.host.slots ?? Math.min(MOST_SLOTS, availableParallelism())));
    const specialties = servedSpecialties(settings);
    const { env } = context;
    const deps = { settings, env, hostId, folder, slots: slots.pool, trees, gateway };
    const activities = await createHostActivities(deps);
    const connection = await connectWorker(settings.temporal);
    closers.add(() => connection.close());
    const place = { connection, namespace: settings.temporal.namespace, identity: `${hostId}-${process.pid}` };
    const workers = await startHostWorkers({ place, hostId, specialties, slots, activities });
    closers.add(() => workers.shutdown());
    const reporting = reportHost({ gateway, logger, folder, hostId, specialties, slots: slots.pool });
    closers.add(() => clearInterval(reporting));
    logger.info({ hostId, specialties, slots: slots.pool.size, isolation: trees.isolation }, 'host at work');
    return { url: null, failed: workers.failed, shutdown: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

function lockHost(folder: string, hostId: string): { release(): void } {
  const file = join(folder, 'lock');
  const lock = tryProcessLock(file);
  if (lock) return lock;
  throw new TypedError(FailureType.ConfigError, `Host ${hostId} is at work already (process ${lockHolder(file)}).`, {
    hint: 'End it first, or give this one an id of its own: host.id (TASKFLEET_HOST_ID).',
  });
}

/** The names of all specialties that `host.specialties` means; `BadInput` for one that there is not. */
function servedSpecialties(settings: ResolvedSettings): string[] {
  const all = buildSpecialties(settings.specialties, settings.model);
  const names = settings.host.specialties.flatMap((name) =>
    name === '*' ? all.map((one) => one.name) : [requireSpecialty(all, name).name],
  );
  return [...new Set(names)];
}

function reportHost(host: {
  readonly gateway: GatewayClient;
  readonly logger: Logger;
  readonly folder: string;
  readonly hostId: string;
  readonly specialties: readonly string[];
  readonly slots: SlotPool;
}): NodeJS.Timeout {
  const { gateway, logger, folder, hostId, slots } = host;
  const report = async (): Promise<void> => {
    const free = await freeResources(folder);
    const told: HostReport = {
      hostId,
      hostname: hostname(),
      pid: process.pid,
      version: packageVersion(),
      specialties: [...host.specialties],
      slots: slots.size,
      used: slots.used,
      tasks: [...slots.tasks],
      freeDiskMb: free.diskMb,
      freeMemoryMb: free.memoryMb,
    };
    await gateway.reportHost(told);
  };
  const tell = (): void => void report().catch((error: unknown) => logger.warn({ error }, 'report not delivered'));
  tell();
  return setInterval(tell, REPORT_MS);
}
