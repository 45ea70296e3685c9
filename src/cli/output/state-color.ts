import { TaskState } from '../../domain/task-state.ts';
import type { StageStatus } from '../../contract/task-status.ts';
import type { Palette } from './output.ts';

/** A task's state in the colour that says whether a person is wanted. */
export function paintState(state: string, palette: Palette): string {
  switch (state) {
    case TaskState.Completed:
      return palette.green(state);
    case TaskState.Failed:
    case TaskState.OverBudget:
      return palette.red(state);
    case TaskState.NeedsHuman:
    case TaskState.AwaitingApproval:
      return palette.yellow(state);
    case TaskState.Cancelled:
    case TaskState.Superseded:
    case TaskState.NoChange:
    case TaskState.Paused:
    case TaskState.WaitingLimit:
      return palette.dim(state);
    default:
      return palette.cyan(state);
  }
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
