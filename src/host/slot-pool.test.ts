import { describe, expect, it } from '@jest/globals';
import { createSlotPool } from './slot-pool.ts';

describe('a slot pool', () => {
  it('gives a task the same slot again, and each task an index of its own', () => {
    const pool = createSlotPool(2);

    const first = pool.tryTake('a');

    expect(pool.tryTake('a')).toBe(first);
    expect(pool.tryTake('b')?.index).toBe(1);
    expect(pool.tryTake('c')).toBeUndefined();
    expect(pool.used).toBe(2);
  });

  it('wakes whoever waits when a slot is released, and reuses its index', async () => {
    const pool = createSlotPool(1);
    pool.tryTake('a');
    const waiting = pool.take('b');
    const free = pool.whenFree();

    pool.release('a');

    await expect(waiting).resolves.toEqual({ taskId: 'b', index: 0 });
    pool.release('b');
    await expect(free).resolves.toBeUndefined();
  });

  it('stops waiting when told to, and loses nothing by it', async () => {
    const pool = createSlotPool(1);
    pool.tryTake('a');
    const stop = new AbortController();
    const given = pool.take('b', stop.signal);
    const patient = pool.take('c');

    stop.abort(new Error('stopped'));

    await expect(given).rejects.toThrow('stopped');
    pool.release('a');
    await expect(patient).resolves.toMatchObject({ taskId: 'c' });
  });

  it('takes a release of a task without a slot for nothing', () => {
    const pool = createSlotPool(1);
    pool.tryTake('a');

    pool.release('b');

    expect(pool.tasks).toEqual(['a']);
  });
});
