import { setTimeout as delay } from 'node:timers/promises';
import type { HostActivities } from '../../src/contract/activities.ts';
import { hostQueue } from '../../src/contract/names.ts';
import type { SlotPool } from '../../src/host/slot-pool.ts';

/** Host activities that take and free slots as the real ones do, and otherwise only spend time. Refuses when full. */
export function dummyHostActivities(hostId: string, pool: SlotPool): HostActivities & { readonly refusals: string[] } {
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  const refusals: string[] = [];
  return {
    refusals,
    async openWorkspace({ frame }) {
      // as the real one, which looks at disk and memory first
      await delay(30);
      if (!pool.tryTake(frame.id)) {
        refusals.push(frame.id);
        throw new Error('no slot is free');
      }
      await delay(200);
      return { hostId, queue: hostQueue(hostId), setupMs: 0 };
    },
    async runCommand({ timeoutMs }) {
      await delay(timeoutMs);
      return { gates: [], feedback: '', durationMs: timeoutMs };
    },
    async closeWorkspace({ frame }) {
      pool.release(frame.id);
    },
    runSession: unused,
    runGates: unused,
    captureChange: unused,
  };
}
