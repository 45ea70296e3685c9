import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanText, fence } from './untrusted-text.ts';

describe('cleanText', () => {
  it.each([
    ['a<!-- b -->c', 'ac', ['HTML comments']],
    ['a<!-- never closed', 'a', ['HTML comments']],
    ['a<!<!-- x -->-- hidden -->b', 'ab', ['HTML comments']],
    ['a<\u200B!-- hidden -->b', 'ab', ['zero-width characters', 'HTML comments']],
    ['\u{E0041}\u{E0042}plain', 'plain', ['tag characters']],
    ['user\u202Etxt', 'usertxt', ['direction marks']],
    ['bell\u0007', 'bell', ['control characters']],
    ['tabs\tand\nlines – ünïcode 你好 👍', 'tabs\tand\nlines – ünïcode 你好 👍', []],
  ])('cleans %j', (dirty, text, removed) => {
    expect(cleanText(dirty)).toEqual({ text, removed });
  });

  it('leaves nothing to clean, whatever came in', () => {
    const pieces = fc.array(fc.constantFrom('<!--', '-->', '<', '!', '-', '>', '\u200B', '\u202E', 'x', '\n'));

    fc.assert(
      fc.property(pieces, (parts) => {
        const { text } = cleanText(parts.join(''));

        expect(cleanText(text)).toEqual({ text, removed: [] });
      }),
    );
  });
});

describe('fence', () => {
  it('marks begin and end with something that the text does not hold', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const [mark] = fence(text).split('\n', 1);

        expect(text).not.toContain(mark);
        expect(fence(text)).toBe(`${mark}\n${text}\n${mark}`);
      }),
    );
  });
});
