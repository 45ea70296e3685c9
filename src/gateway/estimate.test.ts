import { describe, expect, it } from '@jest/globals';
import { estimateFrom } from './estimate.ts';

describe('an estimate', () => {
  it('is the middle and the ninth of ten of what earlier tasks cost', () => {
    const costs = [10, 1, 9, 2, 8, 3, 7, 4, 6, 5];

    const estimate = estimateFrom('github.com/owner/repo', costs);

    expect(estimate).toEqual({ repo: 'github.com/owner/repo', tasks: 10, medianUsd: 5, highUsd: 9 });
  });

  it('says nothing where nothing was completed', () => {
    expect(estimateFrom(null, [])).toEqual({ repo: null, tasks: 0, medianUsd: null, highUsd: null });
  });
});
