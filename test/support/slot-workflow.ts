import { proxyActivities } from '@temporalio/workflow';
import type { HostActivities, OpenedWorkspace, TaskFrame } from '../../src/contract/activities.ts';
import { hostQueue, specialtyQueue } from '../../src/contract/names.ts';

/** Takes a slot of the specialty `backend`, works there for a while, and gives it back; returns where that was. */
export async function slot({ id, workMs }: { id: string; workMs: number }): Promise<string> {
  const frame = { id } as TaskFrame;
  const timing = { startToCloseTimeout: '1m', scheduleToStartTimeout: '50s' } as const;
  const anyHost = proxyActivities<HostActivities>({ ...timing, taskQueue: specialtyQueue('backend') });
  const opened: OpenedWorkspace = await anyHost.openWorkspace({
    frame,
    needs: { diskMb: 1, memoryMb: 1 },
    restore: null,
  });
  const onHost = proxyActivities<HostActivities>({ ...timing, taskQueue: hostQueue(opened.hostId) });
  await onHost.runCommand({ frame, name: 'work', command: 'work', timeoutMs: workMs });
  await onHost.closeWorkspace({ frame, keep: false });
  return opened.hostId;
}
