import { describe, expect, it } from '@jest/globals';
import { TaskInput } from '../contract/task-input.ts';
import { FailureType } from '../domain/failure-type.ts';
import { identifyTask } from './task-identity.ts';

const idOf = (input: unknown): string => identifyTask(TaskInput.parse(input), { webUrl: 'https://github.com' }).id;

describe('identifyTask', () => {
  it('gives an issue one id, however it is written', () => {
    const ids = ['Owner/Name', 'github.com/owner/name', 'git@github.com:owner/NAME.git'].map((repo) =>
      idOf({ repo, issue: 12 }),
    );

    expect(new Set(ids)).toEqual(new Set(['task:github.com/owner/name#12']));
  });

  it('gives a prompt an id without a word of it', () => {
    const id = idOf({ repo: 'o/n', prompt: 'Delete everything; rm -rf /' });

    expect(id).toMatch(/^task:github\.com\/o\/n\/[0-9a-f]{16}$/);
    expect(idOf({ prompt: 'What is 2 + 2?' })).toMatch(/^task:scratch\/[0-9a-f]{16}$/);
  });

  it('tells submissions apart by text, repository, definition and key, and by nothing else', () => {
    const base = { repo: 'o/n', prompt: 'Do it' };
    const same = [base, { ...base, prompt: '  Do\n it ' }, { ...base, priority: 1, model: 'opus', source: 'cli' }];
    const other = [
      { ...base, key: '2' },
      { ...base, definition: 'approved' },
      { ...base, repo: 'o/m' },
      { ...base, prompt: 'Do that' },
    ];

    expect(new Set(same.map(idOf)).size).toBe(1);
    expect(new Set([base, ...other].map(idOf)).size).toBe(5);
  });

  it('refuses an issue of a repository that is not on the forge', () => {
    expect(() => idOf({ repo: '/srv/x', issue: 1 })).toThrow(expect.objectContaining({ type: FailureType.BadInput }));
  });
});
