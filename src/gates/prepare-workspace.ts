import type { TaskFrame } from '../contract/activities.ts';
import type { TaskLog } from '../contract/log-entry.ts';
import type { ProcessTrees } from '../process/process-trees.ts';
import type { Services } from '../services/services.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { findGates } from './find-gates.ts';
import { runSetup } from './run-setup.ts';

/** A set-up that takes longer is broken. */
const SETUP_MS = 30 * 60_000;

export interface PrepareTools {
  readonly trees: ProcessTrees;
  readonly log: TaskLog;
}

export interface Prepared {
  readonly frame: TaskFrame;
  readonly workspace: Pick<Workspace, 'work' | 'env' | 'portBase'>;
  readonly signal?: AbortSignal | undefined;
}

/** Makes a checkout of the base ready: its set-up commands, once per checkout. Resolves to whether there were any. Throws TypedError SetupFailed. */
export async function setUpCheckout(tools: PrepareTools, { frame, workspace, signal }: Prepared): Promise<boolean> {
  const commands = findGates(workspace.work, frame.settings).setup;
  if (commands.length === 0) return false;
  await runSetup(tools, {
    taskId: frame.id,
    treeId: frame.key,
    cwd: workspace.work,
    env: workspace.env,
    commands,
    timeoutMs: SETUP_MS,
    ...(signal && { signal }),
  });
  return true;
}

/** What a new workspace needs before the session: set-up, then the repository's services. Resolves to whether it had any. */
export function createPrepare(
  tools: PrepareTools & { readonly services: Services },
): (request: Prepared) => Promise<boolean> {
  return async (request) => {
    const { frame, workspace, signal } = request;
    const isSetUp = await setUpCheckout(tools, request);
    await tools.services.start({
      taskId: frame.id,
      treeId: frame.key,
      cwd: workspace.work,
      env: workspace.env,
      portBase: workspace.portBase,
      services: frame.settings.services,
      ...(signal && { signal }),
    });
    return isSetUp || frame.settings.services.length > 0;
  };
}
