import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { branchName, isSafeBranch, isUsableRef, workspaceKey } from './naming.ts';

const HOSTILE = [
  'a$(id)',
  'a;id',
  'a|id',
  'a`id`',
  "a'b",
  'a"b',
  'a\nb',
  'a b',
  'a..b',
  'a/../b',
  '../a',
  'a.lock',
  'a.lock/b',
  '-a',
  '--upload-pack=touch x',
  'a@{1}',
  'a//b',
  'a/',
  '/a',
  '.a',
  'a/.b',
  'a.',
  'ä',
  'a\u202eb',
  'a\0b',
  'a:b',
  'a^b',
  'a~1',
  'a?b',
  'a*b',
  'a[b',
  'a\\b',
  '',
  'x'.repeat(300),
];

describe('names that reach git', () => {
  it.each(HOSTILE)('refuses %j', (name) => {
    expect(isSafeBranch(name)).toBe(false);
    expect(isUsableRef(name)).toBe(false);
  });

  it('takes every branch that taskfleet makes', () => {
    const date = fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.nat(), date, (issue, at) => {
        expect(isSafeBranch(branchName({ issue, digest: null }, at.toISOString()))).toBe(true);
      }),
    );
  });

  it('takes only letters, digits and a few signs, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        if (isUsableRef(name)) expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._/+@-]*$/);
        if (isSafeBranch(name)) expect(isUsableRef(name)).toBe(true);
      }),
    );
  });

  it('takes the names of other people’s branches', () => {
    for (const name of ['main', 'release/1.x', 'Feature_2', 'dependabot/npm/@types/node-24.1.0']) {
      expect(isUsableRef(name)).toBe(true);
    }
  });
});

describe('workspaceKey', () => {
  it('is a folder name that tells apart what reads alike', () => {
    expect(workspaceKey('task:github.com/o/r#12')).toMatch(/^github\.com-o-r-12-[0-9a-f]{16}$/);
    expect(workspaceKey('task:h/o-r/x#1')).not.toBe(workspaceKey('task:h/o/r-x#1'));
    const long = 'n'.repeat(150);
    expect(workspaceKey(`task:h/o/${long}#1`)).not.toBe(workspaceKey(`task:h/o/${long}#2`));
  });

  it('leaves no way out of its folder for any id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (id) => {
        const key = workspaceKey(id);

        expect(key).toMatch(/^[A-Za-z0-9-][A-Za-z0-9.-]{0,130}$/);
        expect(key).not.toContain('..');
      }),
    );
  });
});
