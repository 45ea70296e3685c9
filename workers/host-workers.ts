import { Worker } from '@temporalio/worker';
import type { HostActivities } from '../src/contract/activities.ts';
import type { SlotPool } from '../src/host/slot-pool.ts';
import { hostOptions, specialtyOptions } from './options.ts';
import type { WorkerPlace } from './options.ts';
import { runWorkers } from './run-workers.ts';
import type { RunningWorkers } from './run-workers.ts';
import { createDoor } from './slot-supplier.ts';
import type { Door } from './slot-supplier.ts';

export interface HostWorkersOptions {
  readonly place: WorkerPlace;
  readonly hostId: string;
  readonly specialties: readonly string[];
  readonly slots: ObservedSlots;
  readonly activities: HostActivities;
}

/** A pool that tells who took a slot, so that doors know when they may ask for the next task. */
export interface ObservedSlots {
  readonly pool: SlotPool;
  onTaken(listener: (taskId: string) => void): void;
}

/** Hand out `pool`, and nothing goes unseen. */
export function observeSlots(pool: SlotPool): ObservedSlots {
  const listeners: ((taskId: string) => void)[] = [];
  const tell = (taskId: string): void => {
    for (const listener of listeners) listener(taskId);
  };
  return {
    onTaken: (listener) => void listeners.push(listener),
    pool: {
      size: pool.size,
      get used() {
        return pool.used;
      },
      get tasks() {
        return pool.tasks;
      },
      tryTake(taskId) {
        const slot = pool.tryTake(taskId);
        if (slot) tell(taskId);
        return slot;
      },
      async take(taskId, signal) {
        const slot = await pool.take(taskId, signal);
        tell(taskId);
        return slot;
      },
      release: (taskId) => pool.release(taskId),
      whenFree: (signal) => pool.whenFree(signal),
    },
  };
}

/** One Worker for the host's own queue and one door per specialty, all on one connection. Doors close first. */
export async function startHostWorkers(options: HostWorkersOptions): Promise<RunningWorkers> {
  const { place, hostId, slots, activities } = options;
  const { openWorkspace, ...onHost } = activities;
  const arriving = new Map<string, Door>();
  slots.onTaken((taskId) => {
    arriving.get(taskId)?.settled();
    arriving.delete(taskId);
  });

  const doors = options.specialties.map((specialty) => {
    const door = createDoor(slots.pool);
    const open: HostActivities['openWorkspace'] = async (request) => {
      arriving.set(request.frame.id, door);
      try {
        return await openWorkspace(request);
      } finally {
        arriving.delete(request.frame.id);
      }
    };
    return Worker.create(
      specialtyOptions(place, { specialty, supplier: door.supplier, activities: { openWorkspace: open } }),
    );
  });
  const own = { id: hostId, slots: slots.pool.size, activities: onHost };
  const [worker, ...specialtyWorkers] = await Promise.all([Worker.create(hostOptions(place, own)), ...doors]);
  return runWorkers([specialtyWorkers, [worker]]);
}
