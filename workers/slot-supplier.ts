import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit } from '@temporalio/worker';
import { unlessAborted } from './unless-aborted.ts';

export type SlotSupplier = CustomSlotSupplier<ActivitySlotInfo>;

/** What a poller needs to know of the host's slots. */
export interface FreeSlots {
  /** Resolves when a slot is free; rejects with the signal's reason. */
  whenFree(signal: AbortSignal): Promise<void>;
}

export interface Door {
  readonly supplier: SlotSupplier;
  /** To be called when the task that came in has its slot, or has gone: only then may the next be asked for. */
  settled(): void;
}

/**
 * Lets one Worker ask for a task only while the host has a free slot, and for one at a time.
 * Asking takes no slot, as all specialties of a host ask at once and the task itself takes it; but the SDK asks for
 * the next task before the last one was looked at, and would then hold what another host could begin.
 */
export function createDoor(slots: FreeSlots): Door {
  let permit: object | undefined;
  let opened = Promise.withResolvers<void>();

  function open(): void {
    permit = undefined;
    opened.resolve();
    opened = Promise.withResolvers<void>();
  }

  async function reserve(signal: AbortSignal): Promise<SlotPermit> {
    for (;;) {
      signal.throwIfAborted();
      await slots.whenFree(signal);
      if (permit === undefined) break;
      await unlessAborted(opened.promise, signal);
    }
    permit = {};
    return permit;
  }

  return {
    settled: open,
    supplier: {
      type: 'custom',
      reserveSlot: (_context, signal) => reserve(signal),
      // eager tasks come past the queue, and with it past other hosts
      tryReserveSlot: () => null,
      markSlotUsed: () => undefined,
      releaseSlot: ({ permit: released }) => {
        if (released === permit) open();
      },
    },
  };
}
