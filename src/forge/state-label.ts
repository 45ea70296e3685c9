import { TaskState } from '../domain/task-state.ts';
import type { ForgeLabel } from './forge.ts';

/** Labels that begin so are ours, one at a time: people's own labels are never touched. */
export const STATE_LABEL_PREFIX = 'taskfleet:';

/** The label that every pull request of ours carries. */
export const PULL_REQUEST_LABEL: ForgeLabel = {
  name: 'taskfleet',
  colour: '5319e7',
  description: 'Made by taskfleet',
};

const COLOURS: Partial<Record<string, string>> = {
  [TaskState.Completed]: '0e8a16',
  [TaskState.PrReady]: '0e8a16',
  [TaskState.NoChange]: 'cfd3d7',
  [TaskState.Cancelled]: 'cfd3d7',
  [TaskState.Superseded]: 'cfd3d7',
  [TaskState.Failed]: 'b60205',
  [TaskState.OverBudget]: 'b60205',
  [TaskState.NeedsHuman]: 'd93f0b',
  [TaskState.AwaitingApproval]: 'd93f0b',
  [TaskState.WaitingLimit]: 'fbca04',
  [TaskState.Paused]: 'fbca04',
};

/** The label that shows a task's state on its issue: `taskfleet:in-progress`. */
export function stateLabel(state: string): ForgeLabel {
  return {
    name: `${STATE_LABEL_PREFIX}${state}`,
    colour: COLOURS[state] ?? '1d76db',
    description: `taskfleet: ${state.replaceAll('-', ' ')}`,
  };
}

/** Every label that taskfleet may put on an issue or a pull request: what `setup` creates. */
export function allLabels(): ForgeLabel[] {
  return [PULL_REQUEST_LABEL, ...Object.values(TaskState).map(stateLabel)];
}
