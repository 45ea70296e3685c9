import { TaskState } from '../../domain/task-state.ts';
import type { StageStatus } from '../../contract/task-status.ts';
import type { Palette } from './output.ts';

const COLOURS: Readonly<Record<string, 'green' | 'red' | 'yellow' | 'dim'>> = {
  [TaskState.Completed]: 'green',
  [TaskState.Failed]: 'red',
  [TaskState.OverBudget]: 'red',
  [TaskState.NeedsHuman]: 'yellow',
  [TaskState.AwaitingApproval]: 'yellow',
  [TaskState.Cancelled]: 'dim',
  [TaskState.Superseded]: 'dim',
  [TaskState.NoChange]: 'dim',
  [TaskState.Paused]: 'dim',
  [TaskState.WaitingLimit]: 'dim',
};

/** A task's state in the colour that says whether a person is wanted. */
export function paintState(state: string, palette: Palette): string {
  return palette[COLOURS[state] ?? 'cyan'](state);
}

const MARKS: Readonly<Record<StageStatus['state'], string>> = {
  pending: '·',
  running: '▸',
  waiting: '…',
  done: '✔',
  failed: '✘',
  skipped: '-',
};

/** The mark of a stage: the word stands beside it, so that it can be read without colours. */
export function stageMark(state: StageStatus['state'], palette: Palette): string {
  const mark = MARKS[state];
  if (state === 'done') return palette.green(mark);
  if (state === 'failed') return palette.red(mark);
  return state === 'running' ? palette.cyan(mark) : palette.dim(mark);
}
