import { describe, expect, it } from '@jest/globals';
import { CappedOutput } from './capped-output.ts';
import { LineSplitter } from './line-splitter.ts';

describe('CappedOutput', () => {
  it('keeps all where it fits', () => {
    const output = new CappedOutput(10);

    for (const part of ['abcd', 'ef', 'ghij']) output.write(Buffer.from(part));

    expect(output.text()).toBe('abcdefghij');
  });

  it.each([1, 3, 7, 1000])('keeps head and tail and says how much it cut, in chunks of %i', (size) => {
    const output = new CappedOutput(20);
    const all = Buffer.from(`${'h'.repeat(10)}${'x'.repeat(479)}${'t'.repeat(10)}`);

    for (let at = 0; at < all.length; at += size) output.write(all.subarray(at, at + size));

    expect(output.text()).toBe('hhhhhhhhhh\n[… 479 bytes cut …]\ntttttttttt');
  });

  it('replaces what is not UTF-8', () => {
    const output = new CappedOutput(100);

    output.write(Buffer.from([0x61, 0xff, 0xc3, 0x62]));

    expect(output.text()).toBe('a\ufffd\ufffdb');
  });
});

describe('LineSplitter', () => {
  function split(...chunks: (string | Buffer)[]): string[] {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (const chunk of chunks) splitter.write(Buffer.from(chunk));
    splitter.end();
    return lines;
  }

  it('joins lines over chunks, also in the middle of a character, and drops the line ends', () => {
    const euro = Buffer.from('€');

    expect(split('a\r\nb', 'c\n\n', euro.subarray(0, 1), euro.subarray(1))).toEqual(['a', 'bc', '', '€']);
  });

  it('hands on a line without end once, cut at 4096 characters, and goes on after it', () => {
    const lines = split(...Array.from({ length: 50 }, () => 'x'.repeat(1000)), '\nnext\n');

    expect(lines).toHaveLength(2);
    expect(lines[0]).toHaveLength(4096);
    expect(lines[0]).toMatch(/^x+ \[… cut]$/);
    expect(lines[1]).toBe('next');
  });

  it('hands on a line of exactly 4096 characters whole', () => {
    const line = 'y'.repeat(4096);

    expect(split(`${line}\n`, 'z')).toEqual([line, 'z']);
  });
});
