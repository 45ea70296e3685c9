/** What a person sees of a task, and the only moves between those states that may happen. */
export const TaskState = {
  Queued: 'queued',
  Analysing: 'analysing',
  AwaitingApproval: 'awaiting-approval',
  InProgress: 'in-progress',
  Testing: 'testing',
  PrReady: 'pr-ready',
  Validating: 'validating',
  InReview: 'in-review',
  Merging: 'merging',
  Deploying: 'deploying',
  WaitingLimit: 'waiting-limit',
  Paused: 'paused',
  Retrying: 'retrying',
  NeedsHuman: 'needs-human',
  Completed: 'completed',
  NoChange: 'no-change',
  Failed: 'failed',
  Cancelled: 'cancelled',
  Superseded: 'superseded',
  OverBudget: 'over-budget',
} as const;
export type TaskState = (typeof TaskState)[keyof typeof TaskState];

export const END_STATES = [
  TaskState.Completed,
  TaskState.NoChange,
  TaskState.Failed,
  TaskState.Cancelled,
  TaskState.Superseded,
  TaskState.OverBudget,
] as const;
export type EndState = (typeof END_STATES)[number];

/** States in which a stage does its work. A definition orders its stages freely, so each may follow each. */
const WORKING: readonly TaskState[] = [
  TaskState.Queued,
  TaskState.Analysing,
  TaskState.AwaitingApproval,
  TaskState.InProgress,
  TaskState.Testing,
  TaskState.PrReady,
  TaskState.Validating,
  TaskState.InReview,
  TaskState.Merging,
  TaskState.Deploying,
];

/** States in which a task stands still for a reason and goes on where it was. */
const PARKED: readonly TaskState[] = [
  TaskState.WaitingLimit,
  TaskState.Paused,
  TaskState.Retrying,
  TaskState.NeedsHuman,
];

function legalMoves(): Record<TaskState, ReadonlySet<TaskState>> {
  const table = Object.fromEntries(Object.values(TaskState).map((state) => [state, new Set<TaskState>()])) as Record<
    TaskState,
    Set<TaskState>
  >;
  for (const from of [...WORKING, ...PARKED]) {
    for (const to of [...WORKING, ...PARKED, ...END_STATES]) if (to !== from) table[from].add(to);
  }
  // no session has begun: nothing can have been changed or spent, and no limit was met
  for (const to of [TaskState.NoChange, TaskState.OverBudget, TaskState.WaitingLimit]) table.queued.delete(to);
  // a deployment comes after the change is on its base: it cannot turn out to be empty any more
  for (const from of [TaskState.Merging, TaskState.Deploying] as const) table[from].delete(TaskState.NoChange);
  return table;
}

/** For each state the states that may follow it; the end states have none. */
export const TRANSITIONS: Readonly<Record<TaskState, ReadonlySet<TaskState>>> = legalMoves();

/** Whether a task in `from` may go to `to`; staying where it is always may. */
export function canMove(from: TaskState, to: TaskState): boolean {
  return from === to || TRANSITIONS[from].has(to);
}

/** Whether nothing follows this state. */
export function isEnd(state: TaskState): state is EndState {
  return (END_STATES as readonly TaskState[]).includes(state);
}
