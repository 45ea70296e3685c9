import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canMove, END_STATES, isEnd, TaskState, TRANSITIONS } from './task-state.ts';

const states = Object.values(TaskState);

describe('the states of a task', () => {
  it('have an entry each in the table, which names only states', () => {
    expect(Object.keys(TRANSITIONS).sort()).toEqual([...states].sort());
    for (const next of Object.values(TRANSITIONS)) for (const state of next) expect(states).toContain(state);
  });

  it.each(END_STATES)('end for good with %s', (state) => {
    expect(isEnd(state)).toBe(true);
    expect([...TRANSITIONS[state]]).toEqual([]);
  });

  it('can each be reached from queued, and each reaches an end', () => {
    const reach = (from: TaskState): Set<TaskState> => {
      const seen = new Set<TaskState>([from]);
      for (const state of seen) for (const next of TRANSITIONS[state]) seen.add(next);
      return seen;
    };

    expect([...reach(TaskState.Queued)].sort()).toEqual([...states].sort());
    for (const state of states) expect([...reach(state)].some(isEnd)).toBe(true);
  });

  const illegal: [TaskState, TaskState][] = [
    ['completed', 'in-progress'],
    ['failed', 'retrying'],
    ['cancelled', 'queued'],
    ['queued', 'no-change'],
    ['queued', 'over-budget'],
    ['queued', 'waiting-limit'],
    ['merging', 'no-change'],
    ['deploying', 'no-change'],
  ];

  it.each(illegal)('do not go from %s to %s', (from, to) => {
    expect(canMove(from, to)).toBe(false);
  });

  it('let a person cancel whatever has not ended', () => {
    for (const state of states.filter((one) => !isEnd(one))) expect(canMove(state, TaskState.Cancelled)).toBe(true);
  });

  it('never leave an end on any walk', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...states), { maxLength: 30 }), (wishes) => {
        let state: TaskState = TaskState.Queued;
        let ended = false;
        for (const wish of wishes) {
          if (!canMove(state, wish)) continue;
          if (ended) expect(wish).toBe(state);
          state = wish;
          ended = isEnd(state);
        }
      }),
    );
  });
});
