import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Definition } from '../contract/stage-definition.ts';
import { findDefinitionProblems, findLoop, orderStages } from './definition.ts';

function problemsOf(stages: unknown[]): string[] {
  const parsed = Definition.safeParse({ name: 'own', stages });
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.message);
}

/** Stages whose dependencies only point backwards: free of loops by construction. */
const soundStages = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.tuple(
    ...Array.from({ length: count }, (_, index) =>
      fc.subarray(Array.from({ length: index }, (_unused, before) => `s${before}`)).map((dependsOn) => ({
        id: `s${index}`,
        type: 'code',
        dependsOn,
      })),
    ),
  ),
);

describe('a definition', () => {
  it('is ordered so that every stage comes after what it depends on, however it was written', () => {
    fc.assert(
      fc.property(soundStages, fc.infiniteStream(fc.nat()), (stages, dice) => {
        const shuffled = [...stages].sort(() => ((dice.next().value as number) % 3) - 1);
        const definition = Definition.parse({ name: 'own', stages: shuffled });

        const order = orderStages(definition).map((stage) => stage.id);

        expect(new Set(order).size).toBe(stages.length);
        for (const stage of stages) {
          for (const before of stage.dependsOn) expect(order.indexOf(before)).toBeLessThan(order.indexOf(stage.id));
        }
      }),
    );
  });

  it('keeps the written order where the dependencies leave a choice', () => {
    const definition = Definition.parse({ name: 'own', stages: ['c', 'a', 'b'].map((id) => ({ id, type: 'code' })) });

    expect(orderStages(definition).map((stage) => stage.id)).toEqual(['c', 'a', 'b']);
  });

  it('is refused for any loop, and the loop is named', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), (length) => {
        const stages = Array.from({ length }, (_, index) => ({
          id: `s${index}`,
          type: 'code' as const,
          dependsOn: [`s${(index + 1) % length}`],
        }));

        const loop = findLoop(stages);

        expect(loop?.[0]).toBe(loop?.at(-1));
        expect(new Set(loop).size).toBe(length);
        expect(problemsOf(stages)).toEqual([expect.stringMatching(/in a loop: s\d( → s\d)+/)]);
      }),
    );
  });

  const broken: [string, unknown[], string | RegExp][] = [
    [
      'an unknown dependency',
      [{ id: 'a', type: 'code', dependsOn: ['b'] }],
      "stage 'a' depends on 'b', which does not exist",
    ],
    [
      'a doubled id',
      [
        { id: 'a', type: 'code' },
        { id: 'a', type: 'gates' },
      ],
      "stage 'a' is there twice",
    ],
    ['a command stage without command', [{ id: 'a', type: 'command' }], "stage 'a' has no command"],
    [
      'a way back to nowhere',
      [{ id: 'a', type: 'gates', redo: { stage: 'x', rounds: 1 } }],
      "stage 'a' goes back to 'x', which does not exist",
    ],
    [
      'a way back that leads forward',
      [
        { id: 'a', type: 'gates', redo: { stage: 'b', rounds: 1 } },
        { id: 'b', type: 'code', dependsOn: ['a'] },
      ],
      "stage 'a' goes back to 'b', which does not come before it",
    ],
    ['an unknown type', [{ id: 'a', type: 'deploy-to-mars' }], /Invalid option/],
    ['a misspelt key', [{ id: 'a', type: 'code', timeOut: '5m' }], /timeOut/],
    ['a duration in words', [{ id: 'a', type: 'code', timeout: 'ten minutes' }], /a duration such as/],
    ['an id with a space', [{ id: 'a b', type: 'code' }], /lower-case letters/],
    ['no stage at all', [], /1/],
  ];

  it.each(broken)('is refused for %s', (_what, stages, message) => {
    expect(problemsOf(stages)).toEqual([expect.stringMatching(message)]);
  });

  it('names all structural mistakes at once', () => {
    const stages = [
      { id: 'a', type: 'command', dependsOn: ['x'] },
      { id: 'b', type: 'code', dependsOn: ['y'] },
    ];

    expect(problemsOf(stages)).toHaveLength(3);
  });

  it('finds nothing wrong with what it ordered itself', () => {
    fc.assert(
      fc.property(soundStages, (stages) => {
        expect(findDefinitionProblems(Definition.parse({ name: 'own', stages }))).toEqual([]);
      }),
    );
  });
});
