import { describe, expect, it } from '@jest/globals';
import { explain, isMet, type Criterion } from './criterion.ts';

const cases: [Criterion, boolean][] = [
  [{ figure: 'red', is: 'equal', value: 2 }, true],
  [{ figure: 'red', is: 'equal', value: 0 }, false],
  [{ figure: 'red', is: 'not-equal', value: 0 }, true],
  [{ figure: 'red', is: 'at-least', value: 2 }, true],
  [{ figure: 'red', is: 'at-least', value: 3 }, false],
  [{ figure: 'red', is: 'at-most', value: 2 }, true],
  [{ figure: 'red', is: 'at-most', value: 1 }, false],
  [{ figure: 'level', is: 'equal', value: 'high' }, true],
  [{ figure: 'level', is: 'at-least', value: 1 }, false],
  [{ figure: 'approved', is: 'equal', value: true }, true],
  [{ figure: 'approved', is: 'equal', value: 'true' }, false],
];

describe('a criterion', () => {
  it.each(cases)('%j on red=2, level=high, approved=true is %s', (criterion, met) => {
    expect(isMet(criterion, { red: 2, level: 'high', approved: true })).toBe(met);
  });

  it.each(['equal', 'not-equal', 'at-least', 'at-most'] as const)(
    'is never met (%s) by a figure that is missing',
    (is) => {
      expect(isMet({ figure: 'nowhere', is, value: 0 }, { red: 0 })).toBe(false);
    },
  );

  it('says in words what it wanted and what was there', () => {
    expect(explain({ figure: 'red', is: 'at-most', value: 0 }, { red: 2 })).toBe('red at most 0 (is 2)');
    expect(explain({ figure: 'x', is: 'equal', value: true }, {})).toBe('x equal true (is not reported)');
  });
});
