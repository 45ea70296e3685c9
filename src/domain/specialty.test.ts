import { describe, expect, it } from '@jest/globals';
import { chooseSpecialty, findSpecialty, type Specialty } from './specialty.ts';

function specialty(name: string, aliases: string[], keywords: string[]): Specialty {
  return { name, aliases, keywords, model: 'sonnet', prompt: name, tools: [] };
}

const all = [
  specialty('backend', ['api'], ['endpoint', 'database']),
  specialty('frontend', ['react', 'ui'], ['button', 'css']),
  specialty('general', [], []),
];

const nothing = { labels: [], title: '', body: '' };

describe('the choice of a specialty', () => {
  it.each([
    ['a label that names it', { labels: ['bug', 'frontend'] }, 'frontend'],
    ['a label that is an alias', { labels: ['API'] }, 'backend'],
    ['a prefixed label', { labels: ['area: ui'] }, 'frontend'],
    ['a keyword in the title', { title: 'The button is grey' }, 'frontend'],
    ['keywords in the body', { body: 'our database times out' }, 'backend'],
    ['the title before the body', { title: 'Wrong CSS', body: 'the endpoint, the database' }, 'frontend'],
    ['a label before any words', { labels: ['backend'], title: 'button css button' }, 'backend'],
    ['nothing at all', {}, 'general'],
    ['words that mean nothing', { title: 'Please help', labels: ['question'] }, 'general'],
  ])('follows %s', (_why, clues, expected) => {
    expect(chooseSpecialty(all, { ...nothing, ...clues }).name).toBe(expected);
  });

  it('is not swayed by one word said a hundred times in the body', () => {
    const body = 'database '.repeat(100);

    expect(chooseSpecialty(all, { ...nothing, title: 'css and button', body }).name).toBe('frontend');
  });

  it('takes the first where there is no general one, and fails where there is none', () => {
    expect(chooseSpecialty(all.slice(0, 2), nothing).name).toBe('backend');
    expect(() => chooseSpecialty([], nothing)).toThrow('no specialty is configured');
  });

  it('finds names and aliases whatever their case', () => {
    expect(findSpecialty(all, 'REACT')?.name).toBe('frontend');
    expect(findSpecialty(all, 'rust')).toBeUndefined();
  });
});
