import { describe, expect, it } from '@jest/globals';
import { durationMs } from './duration-ms.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['30 m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('%s is %d ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '5', 'h', '-5m', '5 minutes', '1.5h'])('refuses %j', (text) => {
    expect(() => durationMs(text)).toThrow('not a duration');
  });
});
