import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { ControlActivities, HostActivities, TaskFrame } from '../src/contract/activities.ts';
import { CONTROL_QUEUE, hostQueue, specialtyQueue } from '../src/contract/names.ts';
import type { ResourceNeeds, Stage } from '../src/domain/definition.ts';
import { NON_RETRYABLE } from '../src/domain/failure-type.ts';
import { durationMs } from './duration-ms.ts';
import { SHORTAGES } from './failure-cause.ts';

type Limits = Pick<Stage, 'timeout' | 'retry'>;

/** Our own short steps: they talk to GitHub, git and the ledger, and are tried until the trouble has passed. */
const PATIENT = {
  initialInterval: '1s',
  maximumInterval: '5m',
  backoffCoefficient: 2,
  maximumAttempts: 30,
  nonRetryableErrorTypes: NON_RETRYABLE,
} as const;

/**
 * Activities of the control side. `summary` is what the Web UI shows beside each.
 * A stage's own timeout and retries hold for what it does; without one, our own patience.
 */
export function control(summary: string, stage?: Limits): ControlActivities {
  return proxyActivities<ControlActivities>({
    taskQueue: CONTROL_QUEUE,
    startToCloseTimeout: '10m',
    heartbeatTimeout: '30s',
    ...(stage ? limits(stage) : { retry: PATIENT }),
    summary,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** Asks the hosts of a specialty for a slot; waits in their queue, in order of priority and fairness, while all are full. */
export function anyHost(frame: TaskFrame, needs: ResourceNeeds): Pick<HostActivities, 'openWorkspace'> {
  return proxyActivities<Pick<HostActivities, 'openWorkspace'>>({
    taskQueue: specialtyQueue(frame.specialty.name),
    startToCloseTimeout: '45m',
    heartbeatTimeout: '15s',
    retry: {
      ...PATIENT,
      maximumAttempts: 1000,
      maximumInterval: '30s',
      // these the task itself waits for, so that a person sees it
      nonRetryableErrorTypes: [...NON_RETRYABLE, ...SHORTAGES],
    },
    summary: `a slot on a ${frame.specialty.name} host (${needs.memoryMb} MB memory, ${needs.diskMb} MB disk)`,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/**
 * Activities in the task's workspace. The host took the task into a slot before, so that its queue is never full:
 * a step that is not started within half a minute means that the host is gone.
 */
export function onHost(hostId: string, stage: Limits, summary: string): HostActivities {
  return proxyActivities<HostActivities>({
    taskQueue: hostQueue(hostId),
    scheduleToStartTimeout: '30s',
    heartbeatTimeout: '15s',
    ...limits(stage),
    summary,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** How long a step of the stage may take, all tries together, and how it is tried again. */
function limits({ timeout, retry }: Limits): Pick<ActivityOptions, 'scheduleToCloseTimeout' | 'retry'> {
  return {
    scheduleToCloseTimeout: durationMs(timeout),
    retry: {
      initialInterval: durationMs(retry.initialInterval),
      maximumInterval: durationMs(retry.maximumInterval),
      backoffCoefficient: retry.backoffCoefficient,
      maximumAttempts: retry.maximumAttempts,
      nonRetryableErrorTypes: NON_RETRYABLE,
    },
  };
}
