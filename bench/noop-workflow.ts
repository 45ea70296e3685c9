import { proxyActivities } from '@temporalio/workflow';

/** The queues of the floor: as many kinds as a task has. */
export interface NoopQueues {
  readonly control: string;
  readonly specialty: string;
  readonly host: string;
}

interface NoopActivities {
  nothing(): Promise<null>;
}

/** As many activities as a default task schedules. */
export const NOOP_ACTIVITIES = 12;

/**
 * The floor: a workflow that schedules what a default task schedules, in the same order and on the same kinds of queues,
 * with activities that do nothing.
 */
export async function noop(queues: NoopQueues): Promise<void> {
  const on = (taskQueue: string): NoopActivities =>
    proxyActivities<NoopActivities>({ taskQueue, startToCloseTimeout: '1m', heartbeatTimeout: '15s' });
  const control = on(queues.control);
  const host = on(queues.host);
  await control.nothing(); // takeIn
  const told = control.nothing(); // tellIssue
  await on(queues.specialty).nothing(); // openWorkspace
  await host.nothing(); // runSession: analysis
  await host.nothing(); // runSession: code
  await host.nothing(); // captureChange
  await host.nothing(); // runGates
  await control.nothing(); // publishChange
  await control.nothing(); // openPullRequest
  await told;
  await Promise.all([host.nothing(), control.nothing(), control.nothing()]); // closeWorkspace, tellIssue, closeTask
}
