import { createSubmitter } from '../src/temporal/submit-task.ts';
import { identifyTask } from '../src/intake/task-identity.ts';
import type { TaskInput } from '../src/contract/task-input.ts';
import type { TaskResult } from '../src/contract/task-result.ts';
import { historyOf, type TaskHistory } from './history-of.ts';
import { cpuBetween, usageOf, type ProcessUsage } from './process-usage.ts';
import { sampleTrees } from './sample-trees.ts';
import { REPO } from './work.ts';
import type { World } from './world.ts';

/** One task by the fleet; milliseconds. */
export interface FleetRun {
  readonly id: string;
  /** Whether it ended with a pull request. */
  readonly ok: boolean;
  /** From the request to start it until its result is known here. */
  readonly wallMs: number;
  readonly sessionMs: number;
  readonly gateMs: number;
  readonly history: TaskHistory;
  readonly problem: string;
}

/** Processor time in milliseconds; undefined where the system does not tell. */
export interface FleetCpu {
  /** Our two processes, and the git that the coordinator runs. */
  readonly coordinator: number;
  readonly host: number;
  /** Sessions, gates and git. */
  readonly hostChildren: number;
  readonly server: number;
}

export interface FleetBatch {
  readonly wallMs: number;
  readonly runs: readonly FleetRun[];
  readonly cpu: FleetCpu | undefined;
}

/** All issues submitted at once, as `taskfleet run` does it. */
export async function runFleet(world: World, issues: readonly number[]): Promise<FleetBatch> {
  const { client, settings } = world;
  const submitter = createSubmitter({
    client,
    ledger: { find: () => Promise.resolve(undefined) },
    identify: (input) => identifyTask(input, settings.github),
    defaults: { priority: 3 },
  });
  const before = look(world);
  const sandboxes = sampleTrees(world.fleet.pids().host);
  const begun = performance.now();
  const ended = await Promise.all(
    issues.map(async (issue) => {
      const input: TaskInput = { repo: REPO, issue, source: 'cli' };
      const started = performance.now();
      const submission = await submitter.submit(input);
      const id = submission.kind === 'self' ? (submission.input.id ?? '') : submission.id;
      const result = await resultOf(world, id);
      return { id, result, wallMs: performance.now() - started };
    }),
  );
  const wallMs = performance.now() - begun;
  const cpu = between(before, look(world), sandboxes.stop());
  const runs: FleetRun[] = [];
  for (const { id, result, wallMs: taskMs } of ended) {
    const history = await historyOf(client, id);
    const paid = (name: string): number =>
      history.steps.filter((step) => step.name === name).reduce((sum, step) => sum + step.paidMs, 0);
    runs.push({
      id,
      ok: typeof result !== 'string' && result.kind === 'ended' && result.pullRequest !== null,
      wallMs: taskMs,
      sessionMs: paid('runSession'),
      gateMs: paid('runGates'),
      history,
      problem: typeof result === 'string' ? result : result.kind === 'ended' ? result.reason : result.kind,
    });
  }
  return { wallMs, runs, cpu };
}

/** The task's result, or in words why there is none. */
async function resultOf({ client }: World, id: string): Promise<TaskResult | string> {
  try {
    return (await client.workflow.getHandle(id).result()) as TaskResult;
  } catch (error) {
    return String(error);
  }
}

export interface FleetLook {
  readonly coordinator: ProcessUsage | undefined;
  readonly host: ProcessUsage | undefined;
  readonly server: ProcessUsage | undefined;
}

/** What the fleet's processes have used so far. */
export function look({ fleet, serverPid }: World): FleetLook {
  const pids = fleet.pids();
  return { coordinator: usageOf(pids.coordinator), host: usageOf(pids.host), server: usageOf(serverPid) };
}

function between(before: FleetLook, after: FleetLook, sandboxMs: number): FleetCpu | undefined {
  const coordinator = cpuBetween(before.coordinator, after.coordinator);
  const host = cpuBetween(before.host, after.host);
  const server = cpuBetween(before.server, after.server);
  if (!coordinator || !host || !server) return undefined;
  return {
    coordinator: coordinator.ownMs + coordinator.childrenMs,
    host: host.ownMs,
    hostChildren: host.childrenMs + sandboxMs,
    server: server.ownMs,
  };
}
