/** Tells whoever waits for a task's log that it grew, in this process; remembers nothing of what nobody waits for. */
export interface LogChanges {
  announce(taskId: string): void;
  /** Resolves at the next announcement after this call, or when the signal is aborted. */
  next(taskId: string, signal: AbortSignal): Promise<void>;
}

export function createLogChanges(): LogChanges {
  const waiting = new Map<string, Set<() => void>>();
  return {
    announce(taskId) {
      for (const wake of waiting.get(taskId) ?? []) wake();
    },
    next(taskId, signal) {
      return new Promise((resolve) => {
        const wakes = waiting.get(taskId) ?? new Set();
        const wake = () => {
          signal.removeEventListener('abort', wake);
          wakes.delete(wake);
          if (wakes.size === 0 && waiting.get(taskId) === wakes) waiting.delete(taskId);
          resolve();
        };
        if (signal.aborted) return resolve();
        waiting.set(taskId, wakes.add(wake));
        signal.addEventListener('abort', wake);
      });
    },
  };
}
