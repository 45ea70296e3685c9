import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commitMessage } from './commit-message.ts';

const task = { taskId: 'task:github.com/o/r#12', issue: 12, changeType: 'fix' };

describe('commitMessage', () => {
  it('is conventional, with trailers', () => {
    const message = commitMessage({ ...task, title: 'Parser crashes on empty input' });

    expect(message).toBe('fix: Parser crashes on empty input\n\nCloses #12\nTaskfleet-Task: task:github.com/o/r#12\n');
  });

  it('says the type itself, whatever title and analysis claim', () => {
    expect(commitMessage({ ...task, title: 'feat(ui)!: a button', changeType: 'evil\nX: y' })).toMatch(
      /^fix: a button\n/,
    );
    expect(commitMessage({ ...task, issue: null, title: 'a', changeType: null })).toMatch(/^feat: a\n/);
  });

  it.each([
    ['closes an issue', 'Closes #99 and fixes GH-7', 'fix: Closes # 99 and fixes GH- 7'],
    ['closes an issue of another repository', 'Closes o/r#99', 'fix: Closes o/r# 99'],
    ['closes by address', 'Fixes https://github.com/o/r/issues/9', 'fix: Fixes https: //github.com/o/r/issues/9'],
    ['closes behind an invisible sign', 'Closes #\u200b\u206099', 'fix: Closes # 99'],
    ['notifies people', 'Ask @octocat and @org/team', 'fix: Ask @ octocat and @ org/team'],
    ['skips checks', 'Done [skip ci] [CI skip] [no ci]', 'fix: Done [ skip ci] [ CI skip] [ no ci]'],
  ])('takes the effect from a title that %s', (_name, title, subject) => {
    expect(commitMessage({ ...task, title }).split('\n')[0]).toBe(subject);
  });

  it('keeps any title on one line of at most 72 characters and adds no trailer for it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (title) => {
        const lines = commitMessage({ ...task, title }).split('\n');

        expect(lines).toHaveLength(5);
        expect([...(lines[0] ?? '')].length).toBeLessThanOrEqual(72);
        expect(lines[0]).toMatch(/^fix: \S/);
        expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(lines[0]).not.toMatch(/#\d|@\w|:\/\//);
        expect(lines.slice(1)).toEqual(['', 'Closes #12', 'Taskfleet-Task: task:github.com/o/r#12', '']);
      }),
    );
  });
});
