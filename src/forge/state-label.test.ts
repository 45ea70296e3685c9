import { describe, expect, it } from '@jest/globals';
import { TaskState } from '../domain/task-state.ts';
import { allLabels, STATE_LABEL_PREFIX, stateLabel } from './state-label.ts';

describe('the labels that setup makes', () => {
  it('are one for each state that a task can show, and the one of pull requests', () => {
    const names = allLabels().map(({ name }) => name);

    expect(names).toEqual(
      expect.arrayContaining(['taskfleet', 'taskfleet:needs-human', 'taskfleet:awaiting-approval']),
    );
    expect(names).toHaveLength(Object.values(TaskState).length + 1);
    for (const state of Object.values(TaskState)) expect(names).toContain(stateLabel(state).name);
  });

  it('are such as a forge takes', () => {
    for (const { colour, description, name } of allLabels()) {
      expect(name.length).toBeLessThanOrEqual(50);
      expect(description.length).toBeLessThanOrEqual(100);
      expect(colour).toMatch(/^[0-9a-f]{6}$/);
    }
    expect(stateLabel('x').name).toBe(`${STATE_LABEL_PREFIX}x`);
  });
});
