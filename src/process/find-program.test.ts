import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { findProgram } from './find-program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'programs-'));
  for (const name of ['a', 'b']) mkdirSync(join(folder, name));
});

function put(path: string, mode: number): void {
  writeFileSync(join(folder, path), '');
  chmodSync(join(folder, path), mode);
}

describe('findProgram', () => {
  it('takes the first folder of the path that has it as an executable file', () => {
    put('a/tool', 0o644);
    put('b/tool', 0o755);

    expect(findProgram('tool', `${folder}/a:${folder}/b`)).toBe(`${folder}/b/tool`);
  });

  it('finds no folder of that name, nothing in relative folders and nothing without a path', () => {
    mkdirSync(join(folder, 'a/tool'));

    expect(findProgram('tool', `${folder}/a:.:src`)).toBeUndefined();
    expect(findProgram('package.json', '.')).toBeUndefined();
    expect(findProgram('tool', undefined)).toBeUndefined();
    expect(findProgram('', folder)).toBeUndefined();
  });

  it('takes an absolute path as it is, if it can be executed', () => {
    put('a/tool', 0o755);

    expect(findProgram(`${folder}/a/tool`, '')).toBe(`${folder}/a/tool`);
    expect(findProgram(`${folder}/a/none`, '')).toBeUndefined();
  });
});
