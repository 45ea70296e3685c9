import type { HostActivities } from '../src/contract/activities.ts';
import { hostQueue } from '../src/contract/names.ts';
import type { ProcessTrees } from '../src/process/process-trees.ts';
import type { Workspaces } from '../src/workspace/workspace.ts';
import { withHeartbeat } from './with-heartbeat.ts';

export interface WorkspaceActivitiesDeps {
  readonly hostId: string;
  readonly workspaces: Workspaces;
  readonly trees: Pick<ProcessTrees, 'end'>;
}

/** The steps that lay, read and remove a task's workspace on this host. */
export function createWorkspaceActivities(
  deps: WorkspaceActivitiesDeps,
): Pick<HostActivities, 'openWorkspace' | 'captureChange' | 'closeWorkspace'> {
  const { hostId, trees, workspaces } = deps;
  return {
    async openWorkspace({ frame, needs, restore }) {
      return withHeartbeat(async (signal) => {
        const { setupMs } = await workspaces.open({ frame, needs, restore, signal });
        return { hostId, queue: hostQueue(hostId), setupMs };
      });
    },

    async captureChange({ frame, analysis }) {
      return withHeartbeat((signal) => workspaces.capture(frame, analysis?.changeType ?? null, signal));
    },

    async closeWorkspace({ frame, keep }) {
      return withHeartbeat(async () => {
        await trees.end(frame.key);
        if (keep) workspaces.rest(frame);
        else await workspaces.close(frame);
      });
    },
  };
}
