import { describe, expect, it } from '@jest/globals';
import { remember } from './remember.ts';

describe('remember', () => {
  const counted = (most: number, fails: readonly string[] = []) => {
    const asked: string[] = [];
    const find = remember(most, (key) => {
      asked.push(key);
      return fails.includes(key) && asked.length === 1 ? Promise.reject(new Error('no')) : Promise.resolve(key.length);
    });
    return { asked, find };
  };

  it('finds a value once, also for those who ask meanwhile', async () => {
    const { asked, find } = counted(2);

    expect(await Promise.all([find('one'), find('one')])).toEqual([3, 3]);
    expect(await find('one')).toBe(3);
    expect(asked).toEqual(['one']);
  });

  it('tries again what failed', async () => {
    const { asked, find } = counted(2, ['one']);

    await expect(find('one')).rejects.toThrow('no');
    expect(await find('one')).toBe(3);
    expect(asked).toHaveLength(2);
  });

  it('keeps no more than it may', async () => {
    const { asked, find } = counted(2);

    for (const key of ['a', 'bb', 'ccc', 'bb', 'a']) await find(key);

    expect(asked).toEqual(['a', 'bb', 'ccc', 'a']);
  });
});
