import type { Worker } from '@temporalio/worker';

export interface RunningWorkers {
  /** Rejects when one of them fails for good; never resolves. */
  readonly failed: Promise<never>;
  /** Ends them group by group, in the order given. */
  shutdown(): Promise<void>;
}

/** Runs Workers that belong together: when one fails, the process is of no use. */
export function runWorkers(groups: readonly (readonly Worker[])[]): RunningWorkers {
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  // whoever does not look at it must not be ended by it
  failed.catch(() => undefined);
  const runs = new Map(groups.flat().map((worker) => [worker, worker.run().catch(fail)]));
  return {
    failed,
    async shutdown() {
      for (const group of groups) {
        for (const worker of group) {
          if (worker.getState() === 'RUNNING') worker.shutdown();
        }
        await Promise.all(group.map(async (worker) => await runs.get(worker)));
      }
    },
  };
}
