import type { HostActivities, TaskFrame } from '../src/contract/activities.ts';
import type { GateSetting } from '../src/contract/repo-settings.ts';
import type { BaseVerdict, BaseVerdicts } from '../src/gates/base-verdicts.ts';
import { findGates } from '../src/gates/find-gates.ts';
import type { BaseSource, OpenBase } from '../src/gates/open-base.ts';
import { runGates, type GatesRun, type GateTools } from '../src/gates/run-gates.ts';
import type { Services } from '../src/services/services.ts';
import type { Workspace } from '../src/workspace/workspace.ts';
import { withHeartbeat } from './with-heartbeat.ts';

/** What of a task's workspace gates need. */
export type GateWorkspace = BaseSource & Pick<Workspace, 'work'>;

export interface GateActivityDeps extends GateTools {
  /** Makes the workspace right; a no-op where it is. */
  readonly workspaces: { find(frame: TaskFrame, signal?: AbortSignal): Promise<GateWorkspace> };
  readonly openBase: OpenBase;
  readonly services: Services;
  readonly baseVerdicts: BaseVerdicts;
}

type GateActivities = Pick<HostActivities, 'runGates' | 'runCommand'>;
type Place = Pick<GatesRun, 'taskId' | 'treeId' | 'cwd' | 'env'> & {
  readonly signal: AbortSignal;
  readonly workspace: GateWorkspace;
};

/** The activities that check a change in its task's workspace. */
export function createGateActivities(deps: GateActivityDeps): GateActivities {
  async function makeReady(frame: TaskFrame, signal: AbortSignal): Promise<Place> {
    const workspace = await deps.workspaces.find(frame, signal);
    const place = {
      taskId: frame.id,
      treeId: frame.key,
      cwd: workspace.work,
      env: workspace.env,
      signal,
      workspace,
    };
    await deps.services.start({ ...place, portBase: workspace.portBase, services: frame.settings.services });
    return place;
  }

  return {
    runGates: async ({ frame, timeoutMs }) =>
      await withHeartbeat(async (signal) => {
        const place = await makeReady(frame, signal);
        // a scratch folder holds whatever the prompt asked for: only what the settings say is demanded of it
        const isScratch = frame.kind === 'scratch' && frame.settings.gates === undefined;
        const { gates, lacksTests } = isScratch
          ? { gates: [], lacksTests: false }
          : findGates(place.cwd, frame.settings);
        const base = lookAtBase({ deps, frame, place, timeoutMs });
        const { baseRed } = frame.settings;
        try {
          return await runGates(deps, { ...place, gates, lacksTests, baseRed, timeoutMs, judgeBase: base.judge });
        } finally {
          await base.dispose();
        }
      }),

    runCommand: async ({ frame, name, command, timeoutMs }) =>
      await withHeartbeat(async (signal) => {
        const place = await makeReady(frame, signal);
        const gate = { name, command, timeoutSeconds: Math.ceil(timeoutMs / 1000) };
        return await runGates(deps, { ...place, gates: [gate], lacksTests: false, baseRed: 'block', timeoutMs });
      }),
  };
}

interface BaseLook {
  readonly judge: (gate: GateSetting) => Promise<BaseVerdict | undefined>;
  readonly dispose: () => Promise<void>;
}

/** Opens the base when the first gate is red, and only once for all of them. */
function lookAtBase(request: { deps: GateActivityDeps; frame: TaskFrame; place: Place; timeoutMs: number }): BaseLook {
  const { deps, frame, place, timeoutMs } = request;
  let opened: ReturnType<OpenBase> | undefined;

  async function judge(gate: GateSetting): Promise<BaseVerdict | undefined> {
    if (frame.repo === null) return undefined;
    try {
      return await deps.baseVerdicts.judge({
        ...place,
        repo: frame.repo,
        baseSha: frame.baseSha,
        gate,
        timeoutMs,
        open: async () => {
          opened ??= deps.openBase(frame, place.workspace, place.signal);
          return (await opened).path;
        },
      });
    } catch (error) {
      place.signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      const text = `how the base does is not known, so the change is taken to blame: ${reason}`.slice(0, 4096);
      deps.log.append(frame.id, { source: 'gate', name: gate.name, level: 'warning', text });
      return undefined;
    }
  }

  return {
    judge,
    dispose: async () => {
      const base = await opened?.catch(() => undefined);
      await base?.dispose();
    },
  };
}
