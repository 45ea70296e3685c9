import { describe, expect, it } from '@jest/globals';
import { matchSuffix, parseTaskArgument } from './parse-task-argument.ts';

describe('parseTaskArgument', () => {
  it.each([
    ['task:github.com/o/r#12', undefined, { kind: 'id', id: 'task:github.com/o/r#12' }],
    ['o/r#12', undefined, { kind: 'issue', repo: 'o/r', issue: 12 }],
    ['git.example:3000/o/r#7', undefined, { kind: 'issue', repo: 'git.example:3000/o/r', issue: 7 }],
    ['#12', 'o/r', { kind: 'issue', repo: 'o/r', issue: 12 }],
    ['12', 'o/r', { kind: 'issue', repo: 'o/r', issue: 12 }],
    ['#12', undefined, { kind: 'suffix', suffix: '#12' }],
    ['86a95', undefined, { kind: 'suffix', suffix: '86a95' }],
    ['86a9512', 'o/r', { kind: 'suffix', suffix: '86a9512' }],
  ])('reads %s (repository %s)', (text, repo, expected) => {
    expect(parseTaskArgument(text, repo)).toEqual(expected);
  });
});

describe('matchSuffix', () => {
  const ids = [
    'task:github.com/o/r#12',
    'task:github.com/o/r#112',
    'task:github.com/o/other#12',
    'task:scratch/86a9545dc63f56a1',
  ];

  it('takes the end of an id', () => {
    expect(matchSuffix(ids, 'o/r#12')).toEqual([ids[0]]);
    expect(matchSuffix(ids, '63f56a1')).toEqual([ids[3]]);
  });

  it('does not take a number for the end of a longer one', () => {
    expect(matchSuffix(ids, '12')).toEqual([ids[0], ids[2]]);
  });

  it('takes the beginning of a digest, as people shorten them', () => {
    expect(matchSuffix(ids, '86a95')).toEqual([ids[3]]);
  });

  it('finds nothing for what is not there', () => {
    expect(matchSuffix(ids, '#99')).toEqual([]);
  });
});
