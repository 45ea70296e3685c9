import { describe, expect, it } from '@jest/globals';
import { createLogger } from './create-logger.ts';

function loggerInto(lines: string[], pretty: boolean) {
  return createLogger({
    level: 'info',
    name: 'coordinator',
    pretty,
    write: (line) => void lines.push(line),
    secrets: ['ghp_0123456789', undefined, 'short'],
  });
}

describe('createLogger', () => {
  it('writes JSON with message and fields where no person looks', () => {
    const lines: string[] = [];

    loggerInto(lines, false).warn({ hostId: 'a' }, 'host not heard');

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 40,
      name: 'coordinator',
      msg: 'host not heard',
      hostId: 'a',
    });
  });

  it('writes one plain line for people', () => {
    const lines: string[] = [];

    loggerInto(lines, true).info(
      { hostId: 'a', title: 'two words', error: new Error('gone\nby now') },
      'host not heard',
    );

    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d info coordinator: host not heard hostId=a title="two words" error="gone\\nby now"\n$/,
    );
  });

  it('never writes a secret, neither by field nor by value', () => {
    const lines: string[] = [];

    loggerInto(lines, false).info(
      { github: { token: 'abc' }, url: 'https://x:ghp_0123456789@h' },
      'said ghp_0123456789',
    );

    expect(lines[0]).not.toMatch(/ghp_0123456789|abc/);
    expect(lines[0]).toContain('[secret]');
  });

  it('keeps escape sequences away from the terminal', () => {
    const lines: string[] = [];

    loggerInto(lines, true).info({ title: '\u001b[2Jgone' }, 'task begun');

    expect(lines[0]).not.toContain('\u001b');
  });
});
