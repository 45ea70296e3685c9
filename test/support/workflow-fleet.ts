import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { CONTROL_QUEUE, hostQueue, specialtyQueue, TASK_WORKFLOW } from '../../src/contract/names.ts';
import type { TaskResult } from '../../src/contract/task-result.ts';
import type { TaskStatus } from '../../src/contract/task-status.ts';
import type { task } from '../../workflows/task.ts';
import { TASK_ID, type fakeFleet } from './fake-fleet.ts';
import { recordHistory } from './record-history.ts';
import { createWorkflowCoverage } from './workflow-coverage.ts';

let bundle: WorkflowBundleWithSourceMap | undefined;
const { coverage, report } = createWorkflowCoverage();

/** The workflow bundle of this checkout, made once per test file. */
export async function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= await bundleWorkflowCode(
    coverage.augmentBundleOptions({
      workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    }),
  );
  return bundle;
}

type Handle = WorkflowHandle<typeof task>;

export interface RunningFleet {
  /** Starts the task under its canonical id, or under another with other input. */
  start(input?: object, workflowId?: string): Promise<Handle>;
  status(handle: Handle): Promise<TaskStatus>;
  result(handle: Handle): Promise<TaskResult>;
}

/**
 * Runs workers for all queues over the fleet's activities while `act` runs, then replays every history it made:
 * no test of a workflow can pass that leaves a history which does not replay.
 */
export async function withFleet(
  env: TestWorkflowEnvironment,
  fleet: ReturnType<typeof fakeFleet>,
  act: (fleet: RunningFleet) => Promise<void>,
  { record }: { readonly record?: string } = {},
): Promise<void> {
  const shared = {
    connection: env.nativeConnection,
    activities: fleet.activities,
    maxHeartbeatThrottleInterval: '1s',
  } as const;
  const queues = [specialtyQueue('backend'), hostQueue('one')];
  const workers = await Promise.all([
    Worker.create(
      coverage.augmentWorkerOptionsWithBundle({
        ...shared,
        taskQueue: CONTROL_QUEUE,
        workflowBundle: await workflowBundle(),
      }),
    ),
    ...queues.map((taskQueue) => Worker.create({ ...shared, taskQueue })),
  ]);
  const handles: Handle[] = [];
  const running = workers.map((worker) => worker.run());
  try {
    await act({
      async start(input = { repo: 'acme/shop', issue: 12, id: TASK_ID }, workflowId = TASK_ID) {
        const handle = await env.client.workflow.start<typeof task>(TASK_WORKFLOW, {
          taskQueue: CONTROL_QUEUE,
          workflowId,
          args: [input],
        });
        handles.push(handle);
        return handle;
      },
      status: (handle) => handle.query<TaskStatus>('status'),
      result: (handle) => handle.result(),
    });
    for (const handle of handles) {
      const history = await handle.fetchHistory();
      const options = coverage.augmentWorkerOptionsWithBundle({
        taskQueue: 'replay',
        workflowBundle: await workflowBundle(),
      });
      await Worker.runReplayHistory(options, history, handle.workflowId);
      if (record) recordHistory(record, history);
    }
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    report();
  }
}

/** A workflow id that no other test uses: the server remembers closed ones. */
export function freshId(): string {
  return `task:github.com/acme/${randomUUID()}#12`;
}
