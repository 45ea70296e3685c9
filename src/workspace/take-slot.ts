import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { Slot, SlotPool } from '../host/slot-pool.ts';

/** The task's slot, or `HostBusy` when none comes free in time, so that another host may be asked. */
export async function takeSlot(
  slots: SlotPool,
  request: { readonly taskId: string; readonly waitMs: number; readonly signal?: AbortSignal | undefined },
): Promise<Slot> {
  const free = slots.tryTake(request.taskId);
  if (free) return free;
  const timeout = AbortSignal.timeout(request.waitMs);
  try {
    return await slots.take(request.taskId, request.signal ? AbortSignal.any([request.signal, timeout]) : timeout);
  } catch (error) {
    request.signal?.throwIfAborted();
    if (!timeout.aborted) throw error;
    throw new TypedError(FailureType.HostBusy, `All ${slots.size} slots of this host are taken.`, {
      retryAfterMs: 1_000,
    });
  }
}
