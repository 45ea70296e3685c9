import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pc from 'picocolors';
import { ago, dollars, duration } from './figures.ts';
import { plainText } from './plain-text.ts';
import { renderTable } from './table.ts';

const now = new Date('2026-11-21T15:00:00Z');

describe('plainText', () => {
  it('takes terminal escapes, control and direction marks out of what others wrote', () => {
    expect(plainText('a\u001b]0;owned\u0007b\u001b[2Jc\nd\u202ee')).toBe('abc de');
  });

  it('never leaves a control character, and keeps to the length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, most) => {
        const shown = plainText(text, most);
        expect(shown).not.toMatch(/\p{Cc}/u);
        expect([...shown].length).toBeLessThanOrEqual(most);
      }),
    );
  });
});

describe('figures', () => {
  it('says durations, money and times as people do', () => {
    expect([850, 42_000, 185_000, 7_800_000, 3 * 86_400_000].map(duration)).toEqual([
      '850 ms',
      '42 s',
      '3m 05s',
      '2h 10m',
      '3d 0h',
    ]);
    expect([0, 0.0042, 1.25, 12].map(dollars)).toEqual(['$0.00', '$0.0042', '$1.25', '$12.00']);
    expect(ago('2026-11-21T14:59:48Z', now)).toBe('12 s ago');
  });
});

describe('renderTable', () => {
  it('aligns by what is seen: colours take no room, wide characters take two', () => {
    const color = pc.createColors(true);

    const lines = renderTable(
      [{ title: 'A' }, { title: 'N', align: 'right' }],
      [
        [color.red('x'), '1'],
        ['日本', '10'],
      ],
    );

    expect(lines).toEqual(['A      N', `${color.red('x')}      1`, '日本  10']);
  });
});
