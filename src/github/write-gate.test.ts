import { expect, it } from '@jest/globals';
import { createWriteGate } from './write-gate.ts';

it('runs writes one after the other, apart, and goes on after one that failed', async () => {
  const gate = createWriteGate(40);
  const begun: number[] = [];
  const write = async (fails: boolean): Promise<void> => {
    begun.push(performance.now());
    if (fails) throw new Error('no');
  };

  const results = await Promise.allSettled([
    gate(() => write(false)),
    gate(() => write(true)),
    gate(() => write(false)),
  ]);

  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect((begun[1] ?? 0) - (begun[0] ?? 0)).toBeGreaterThanOrEqual(38);
  expect((begun[2] ?? 0) - (begun[1] ?? 0)).toBeGreaterThanOrEqual(38);
});
