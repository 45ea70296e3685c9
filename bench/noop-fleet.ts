import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { installRuntime } from '../src/temporal/install-runtime.ts';
import { createLogger } from '../src/logging/create-logger.ts';
import { coordinatorOptions, hostOptions } from '../workers/options.ts';
import { runWorkers } from '../workers/run-workers.ts';
import type { noop, NoopQueues } from './noop-workflow.ts';
import type { World } from './world.ts';

export interface NoopFleet {
  /** Milliseconds from the request to start until the result is known here, as a task is measured. */
  run(): Promise<number>;
  close(): Promise<void>;
}

const QUEUES: NoopQueues = {
  control: 'bench-control',
  specialty: 'bench-specialty',
  host: 'taskfleet-host-bench-noop',
};

/** Workers for the floor, with the options of the fleet's own, on the fleet's server. */
export async function startNoopFleet(world: World): Promise<NoopFleet> {
  installRuntime(createLogger({ level: 'warn', name: 'bench', pretty: false, write: () => undefined, secrets: [] }));
  const connection = await NativeConnection.connect({ address: world.temporalAddress });
  const place = { connection, namespace: world.settings.temporal.namespace, identity: 'bench' };
  const activities = { nothing: () => Promise.resolve(null) };
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('noop-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('WARN'),
  });
  const codePath = join(world.dir, 'noop-bundle.js');
  await writeFile(codePath, code);
  const control = coordinatorOptions(place, { activities, workflows: { workflowBundle: { codePath } } });
  const host = hostOptions(place, { id: 'bench-noop', slots: 1, activities });
  const workers = await Promise.all([
    Worker.create({ ...control, taskQueue: QUEUES.control }),
    Worker.create({ ...host, taskQueue: QUEUES.specialty }),
    Worker.create(host),
  ]);
  const running = runWorkers([workers]);
  return {
    async run() {
      const begun = performance.now();
      await world.client.workflow.execute<typeof noop>('noop', {
        taskQueue: QUEUES.control,
        workflowId: `noop-${randomUUID()}`,
        args: [QUEUES],
      });
      return performance.now() - begun;
    },
    async close() {
      await running.shutdown();
      await connection.close();
    },
  };
}
