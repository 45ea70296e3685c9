import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ControlActivities, HostActivities, TaskFrame } from '../src/contract/activities.ts';
import { CONTROL_QUEUE, hostQueue, specialtyQueue } from '../src/contract/names.ts';
import type { ResourceNeeds, Stage } from '../src/domain/definition.ts';
import { NON_RETRYABLE } from '../src/domain/failure-type.ts';
import { SHORTAGES } from './failure-cause.ts';

/** Our own short steps: they talk to GitHub, git and the ledger, and are tried until the trouble has passed. */
const PATIENT = {
  initialInterval: '1s',
  maximumInterval: '5m',
  backoffCoefficient: 2,
  maximumAttempts: 30,
  nonRetryableErrorTypes: NON_RETRYABLE,
} as const;

/** Activities of the control side. `summary` is what the Web UI shows beside each. */
export function control(summary: string): ControlActivities {
  return proxyActivities<ControlActivities>({
    taskQueue: CONTROL_QUEUE,
    startToCloseTimeout: '10m',
    heartbeatTimeout: '30s',
    retry: PATIENT,
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
export function onHost(hostId: string, stage: Pick<Stage, 'timeout' | 'retry'>, summary: string): HostActivities {
  return proxyActivities<HostActivities>({
    taskQueue: hostQueue(hostId),
    scheduleToStartTimeout: '30s',
    startToCloseTimeout: stage.timeout as `${number}m`,
    heartbeatTimeout: '15s',
    retry: {
      initialInterval: stage.retry.initialInterval as `${number}s`,
      maximumInterval: stage.retry.maximumInterval as `${number}m`,
      backoffCoefficient: stage.retry.backoffCoefficient,
      maximumAttempts: stage.retry.maximumAttempts,
      nonRetryableErrorTypes: NON_RETRYABLE,
    },
    summary,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}
