import { describe, expect, it } from '@jest/globals';
import { sanitiseLine, sanitiseMarkdown } from './sanitise-markdown.ts';

const options = { maxLength: 5_000, linkHost: 'github.com' };
const clean = (text: string): string => sanitiseMarkdown(text, options);

describe('sanitiseMarkdown', () => {
  it('keeps what is harmless', () => {
    const text =
      'Some **bold** text, a < b, `code`.\n\n- one\n- two\n\n| a | b |\n| - | - |\n\n```js\nconst a = b < c;\n```';

    expect(clean(text)).toBe(text);
  });

  it.each([
    ['an image', '![x](https://evil.example/p.png?leak=1)', /!\[|:\/\//],
    ['an image by reference', '![x][r]\n\n[r]: https://evil.example/p.png', /!\[|\]:|:\/\//],
    ['raw HTML', '<img src=x onerror=alert(1)><script>x</script>', /<[a-z/!]/i],
    ['a hidden comment', 'a <!-- taskfleet:task:x --> b', /<!--/],
    ['a hidden comment in code', '```\n<!-- taskfleet:task:x -->\n```', /<!--/],
    ['an automatic link', '<https://evil.example>', /<https|:\/\//],
    ['a bare link', 'see https://evil.example/ and www.evil.example', /:\/\/|www\./],
    ['a link to another host', '[click](https://evil.example/)', /\]\(/],
    ['a link without a scheme', '[click](//evil.example)', /\]\(/],
    ['a script link', '[click](javascript:alert(1))', /\]\(/],
    ['a host that only looks like ours', '[click](https://github.com.evil.example/)', /\]\(/],
    ['a user before the host', '[click](https://github.com@evil.example/)', /\]\(/],
    ['a mention', 'thanks @octocat and @org/team', /@[a-z]/],
    ['a mention as entity', 'thanks &#64;octocat', /&#64;/],
    ['a bot command in code', '```\n@dependabot merge\n/merge\n```', /@[a-z]|^\/merge/m],
    ['a slash command', '/merge now\n- /approve', /^(- )?\/[a-z]/m],
    ['a closing keyword', 'Fixes #12, closes GH-7', /#\d|GH-\d/],
    ['a closing keyword with a link', 'Fixes [it](https://github.com/o/r/issues/3)', /\]\(/],
    ['a closing keyword with a link that takes a detour', 'Fixes [it](https://github.com/o/r/x/../issues/3)', /\]\(/],
    ['a closing keyword with a link in capitals', 'Fixes [it](https://github.com/o/r/Issues/3)', /\]\(/],
    ['a link whose address is none', '[click](https://github.com:port/a)', /\]\(/],
    ['text that turns around', 'abc\u202edef\u2066x', /[\u202e\u2066]/],
    ['terminal control', 'a\u001b[31mred', /\u001b/],
    ['a heading', '## Checks\n\nChecks\n======', /^##|^=/m],
  ])('takes the effect from %s', (_name, text, harmful) => {
    expect(clean(text)).not.toMatch(harmful);
  });

  it('keeps a link within the forge', () => {
    const text = 'as in [the code](https://github.com/o/r/blob/main/a.js)';

    expect(clean(text)).toBe(text);
  });

  it('closes a fence that was left open', () => {
    expect(clean('```js\nlet a;')).toBe('```js\nlet a;\n```');
  });

  it('does not let a shorter or other mark end a fence', () => {
    const text = '````\n```\n~~~~\n<b>\n````';

    expect(clean(`${text}\n<b>`)).toBe(`${text}\n<\u200bb>`);
  });

  it('cuts what is too long and says so', () => {
    const text = sanitiseMarkdown('word '.repeat(10_000), { maxLength: 1_000 });

    expect(text.length).toBeLessThan(1_100);
    expect(text).toContain('(shortened)');
  });
});

describe('sanitiseLine', () => {
  it('makes one short line without effect', () => {
    const line = sanitiseLine('Fix\n@octocat `x` <b> closes #5 \u202e', 200);

    expect(line).toBe('Fix @\u200boctocat `x` <\u200bb> closes #\u200b5');
  });

  it('cuts by characters', () => {
    expect(sanitiseLine('😀'.repeat(50), 10)).toBe(`${'😀'.repeat(9)}…`);
  });
});
