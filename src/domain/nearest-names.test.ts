import { describe, expect, it } from '@jest/globals';
import { nearestNames, suggestName } from './nearest-names.ts';

describe('nearestNames', () => {
  it('puts the most similar first, whatever the case', () => {
    expect(nearestNames('MAIN', ['develop', 'main', 'mail'])).toEqual(['main', 'mail', 'develop']);
  });
});

describe('suggestName', () => {
  it.each([
    ['deafult', 'default'],
    ['Bakend', 'backend'],
    ['repositry', 'repository'],
  ])('takes %s for %s', (slip, meant) => {
    expect(suggestName(slip, ['default', 'backend', 'repository'])).toBe(meant);
  });

  it('suggests nothing where nothing is near, or known', () => {
    expect(suggestName('kubernetes', ['default', 'backend'])).toBeUndefined();
    expect(suggestName('default', [])).toBeUndefined();
  });
});
