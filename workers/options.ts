import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { CONTROL_QUEUE, hostQueue, specialtyQueue } from '../src/contract/names.ts';
import type { SlotSupplier } from './slot-supplier.ts';
import type { WorkflowSource } from './workflow-source.ts';

export interface WorkerPlace {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly identity: string;
}

type Activities = Readonly<Record<string, (request: never) => Promise<unknown>>>;

/** Without these an activity hears of its cancellation after 18 seconds, measured. */
const HEARTBEATS = { maxHeartbeatThrottleInterval: '2s', defaultHeartbeatThrottleInterval: '2s' } as const;
/** After the grace activities are cancelled; after the force time the Worker ends without them. */
const SHUTDOWN = { shutdownGraceTime: '1s', shutdownForceTime: '3s' } as const;

/** Workflows, and everything that talks to the forge, git and the ledger. */
export function coordinatorOptions(
  place: WorkerPlace,
  given: { readonly activities: object; readonly workflows: WorkflowSource },
): WorkerOptions {
  return {
    ...place,
    ...HEARTBEATS,
    ...SHUTDOWN,
    ...given.workflows,
    taskQueue: CONTROL_QUEUE,
    activities: given.activities,
    // a parked task need not be in memory: 400 that move at once is more than any fleet of session hosts keeps busy
    maxCachedWorkflows: 400,
    maxConcurrentWorkflowTaskExecutions: 40,
    maxConcurrentActivityTaskExecutions: 50,
    maxConcurrentWorkflowTaskPolls: 5,
    maxConcurrentActivityTaskPolls: 5,
  };
}

/** What touches the host's disk: for each slot a session and its gates, and some for what must never wait. */
export function hostOptions(
  place: WorkerPlace,
  host: { readonly id: string; readonly slots: number; readonly activities: Activities },
): WorkerOptions {
  return {
    ...place,
    ...HEARTBEATS,
    ...SHUTDOWN,
    taskQueue: hostQueue(host.id),
    activities: host.activities,
    maxConcurrentActivityTaskExecutions: host.slots * 2 + 4,
    maxConcurrentActivityTaskPolls: 2,
  };
}

/** The door of one specialty: asks for work only while the host has a free slot. */
export function specialtyOptions(
  place: WorkerPlace,
  door: { readonly specialty: string; readonly activities: Activities; readonly supplier: SlotSupplier },
): WorkerOptions {
  return {
    ...place,
    ...HEARTBEATS,
    ...SHUTDOWN,
    taskQueue: specialtyQueue(door.specialty),
    activities: door.activities,
    maxConcurrentActivityTaskPolls: 1,
    tuner: {
      workflowTaskSlotSupplier: { type: 'fixed-size', numSlots: 2 },
      activityTaskSlotSupplier: door.supplier,
      localActivityTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
      nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
    },
  };
}
