import type { BareBatch } from './run-bare.ts';
import type { FleetBatch, FleetLook, FleetRun } from './run-fleet.ts';

/** Everything that was measured, before anybody judges it. */
export interface Measured {
  /** One task at a time, in turns with the others; the order of the rounds. */
  readonly single: {
    readonly bare: readonly BareBatch[];
    readonly fleet: readonly FleetBatch[];
    /** Milliseconds of each no-op workflow. */
    readonly noop: readonly number[];
  };
  readonly batch: { readonly bare: BareBatch; readonly fleet: FleetBatch };
  /** A task whose first change fails the gates. */
  readonly red: FleetRun;
  /** The processes after the last task. */
  readonly processes: FleetLook;
  readonly load: readonly number[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** What of a task's wall time is neither session nor gates. */
export function overheadMs(run: Pick<FleetRun, 'wallMs' | 'sessionMs' | 'gateMs'>): number {
  return run.wallMs - run.sessionMs - run.gateMs;
}

/** Processor time of the fleet, all of its processes and their children; undefined where it is not known. */
export function totalCpuMs({ cpu }: FleetBatch): number | undefined {
  return cpu && cpu.coordinator + cpu.host + cpu.hostChildren + cpu.server;
}

/** How many tasks were under way at the same moment, at most. */
export function mostAtOnce(runs: readonly FleetRun[]): number {
  const edges = runs.flatMap(({ history }): [number, number][] => [
    [history.startedMs, 1],
    [history.endedMs, -1],
  ]);
  // an end before the beginning of the same moment
  edges.sort(([a, x], [b, y]) => a - b || x - y);
  let open = 0;
  let most = 0;
  for (const [, step] of edges) {
    open += step;
    most = Math.max(most, open);
  }
  return most;
}

/** For each activity of a single task: medians over the rounds, in the order of the first round. */
export function stepRows(runs: readonly FleetRun[]): {
  readonly name: string;
  readonly queuedMs: number;
  readonly ranMs: number;
  readonly paidMs: number;
}[] {
  const first = runs[0]?.history.steps ?? [];
  const nth = (run: FleetRun, name: string, index: number) =>
    run.history.steps.filter((step) => step.name === name)[index];
  return first.map(({ name }, at) => {
    const index = first.slice(0, at).filter((step) => step.name === name).length;
    const same = runs.flatMap((run) => nth(run, name, index) ?? []);
    return {
      name: index === 0 ? name : `${name} (${index + 1})`,
      queuedMs: median(same.map((step) => step.queuedMs)),
      ranMs: median(same.map((step) => step.ranMs)),
      paidMs: median(same.map((step) => step.paidMs)),
    };
  });
}
