import type { EndState } from '../src/domain/task-state.ts';

/** Thrown inside the interpreter when the task is over before its last stage; never leaves the workflow. */
export class TaskEnd extends Error {
  override readonly name = 'TaskEnd';
  readonly state: EndState;

  constructor(state: EndState, reason: string) {
    super(reason);
    this.state = state;
  }
}
