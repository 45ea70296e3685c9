/** A place for one task at work on this host. */
export interface Slot {
  readonly taskId: string;
  /** 0 … slots - 1, unique among the tasks at work: port ranges are counted from it. */
  readonly index: number;
}

/** How many tasks this host works on at once. Event-driven: waiting costs nothing. */
export interface SlotPool {
  readonly size: number;
  readonly used: number;
  /** Ids of the tasks that hold a slot. */
  readonly tasks: readonly string[];
  /** The task's slot, now or never; the one it already holds where it does. */
  tryTake(taskId: string): Slot | undefined;
  /** Waits for a slot, first come first served; rejects with the signal's reason. */
  take(taskId: string, signal?: AbortSignal): Promise<Slot>;
  /** A no-op for a task that holds none. */
  release(taskId: string): void;
  /** Resolves as soon as a slot is free. */
  whenFree(signal?: AbortSignal): Promise<void>;
}

export function createSlotPool(size: number): SlotPool {
  const held = new Map<string, Slot>();
  const waiting: (() => void)[] = [];

  function tryTake(taskId: string): Slot | undefined {
    const own = held.get(taskId);
    if (own) return own;
    if (held.size >= size) return undefined;
    const taken = new Set([...held.values()].map((slot) => slot.index));
    let index = 0;
    while (taken.has(index)) index += 1;
    const slot = { taskId, index };
    held.set(taskId, slot);
    return slot;
  }

  function nextRelease(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const stop = () => {
        const place = waiting.indexOf(wake);
        if (place >= 0) waiting.splice(place, 1);
        reject(signal?.reason as Error);
      };
      waiting.push(wake);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  return {
    size,
    get used() {
      return held.size;
    },
    get tasks() {
      return [...held.keys()];
    },
    tryTake,
    async take(taskId, signal) {
      for (;;) {
        signal?.throwIfAborted();
        const slot = tryTake(taskId);
        if (slot) return slot;
        await nextRelease(signal);
      }
    },
    release(taskId) {
      if (!held.delete(taskId)) return;
      // all of them look again: the first that asks takes it, and a watcher of `whenFree` takes none
      for (const wake of waiting.splice(0)) wake();
    },
    async whenFree(signal) {
      signal?.throwIfAborted();
      while (held.size >= size) await nextRelease(signal);
    },
  };
}
