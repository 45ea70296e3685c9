import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const GIT = {
  PATH: process.env['PATH'],
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};

/** A package that needs no installation and whose tests run in a moment. */
export const TINY: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'tiny', version: '1.0.0', type: 'module', scripts: { test: 'node --test' } })}\n`,
  'sum.js': 'export const sum = (a, b) => a + b;\n',
  'sum.test.js': `import { strictEqual } from 'node:assert';
import { test } from 'node:test';
import { sum } from './sum.js';

test('adds', () => strictEqual(sum(1, 2), 3));
`,
};

/** Makes a working folder with one commit on `main`; returns the folder. */
export function makeFolder(folder: string, files: Readonly<Record<string, string>> = TINY): string {
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'add', '--all', '--force');
  git(folder, 'commit', '--quiet', '--message', 'Begin');
  return folder;
}

export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { env: GIT, encoding: 'utf8' });
}
