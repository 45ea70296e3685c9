import type { Action } from '../demo/scenarios/plan.ts';
import { toScript, type Told } from '../demo/scenarios/scenario.ts';
import type { Script } from '../demo/scripted-model/script.ts';

/** `owner/name` of the repository that both sides work on. */
export const REPO = 'bench/sums';
/** Resolved in one round. */
export const PLAIN_TITLE = 'Sums of an empty list are not zero';
/** Its first change fails the tests. */
export const RED_TITLE = 'Sums of negative numbers are wrong';

const MODULES = 41;
const TESTED = ['m01', 'm02', 'm03', 'm04', 'm05'];
const SHOULD = 'a negative sum stays negative';

function source(name: string): string {
  const lines = Array.from({ length: 30 }, (_, index) => `// ${name}: note ${index} on how these figures come about`);
  return `${lines.join('\n')}\nexport function sum(values) {\n  return values.reduce((total, value) => total + value);\n}\n`;
}

function test(name: string): string {
  return `import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sum } from '../src/${name}.mjs';

test('${name} adds up', () => {
  assert.equal(sum([1, 2, 3]), 6);
});
`;
}

/** Fifty files and a suite that needs nothing installed, by path. */
export function repositoryFiles(): Map<string, string> {
  const names = Array.from({ length: MODULES }, (_, index) => `m${String(index + 1).padStart(2, '0')}`);
  const manifest = { name: 'sums', version: '1.0.0', private: true, type: 'module', scripts: { test: 'node --test' } };
  return new Map([
    ['package.json', `${JSON.stringify(manifest, null, 2)}\n`],
    ['README.md', '# sums\n\nAdds up numbers.\n'],
    ['LICENSE', 'Public domain.\n'],
    ['.gitignore', 'node_modules/\n'],
    ...names.map((name): [string, string] => [`src/${name}.mjs`, source(name)]),
    ...TESTED.map((name): [string, string] => [`test/${name}.test.mjs`, test(name)]),
  ]);
}

const REDUCE = '  return values.reduce((total, value) => total + value);';
const END = '  assert.equal(sum([1, 2, 3]), 6);\n});\n';

function edit(path: string, from: string, to: string): Action {
  return { do: 'edit', path, from, to };
}

const LOOK: readonly Action[] = [
  { do: 'read', path: 'src/m01.mjs' },
  { do: 'read', path: 'test/m01.test.mjs' },
];
const RUN: Action = { do: 'run', command: 'node --test test/m01.test.mjs', description: 'Run the tests of m01' };
const RESULT = {
  summary: 'reduce has no value to begin with in src/m01.mjs.',
  changeType: 'fix' as const,
  acceptanceCriteria: ['the sum of nothing is zero', 'all else stays as it is'],
  plan: ['add a test to test/m01.test.mjs', 'begin with zero in src/m01.mjs', 'run the suite'],
  risks: [],
  complexity: 'simple' as const,
};

/** What the model says to both sides: read, test, change, run the tests; and the same with one repair. */
export function benchScripts(): Script[] {
  const emptyTest = `${END}\ntest('m01 of nothing', () => {\n  assert.equal(sum([]), 0);\n});\n`;
  const redTest = `${END}\ntest('m01 below zero', () => {\n  assert.equal(sum([-1, -2]), -3, '${SHOULD}');\n});\n`;
  const plain = REDUCE.replace('value);', 'value, 0);');
  const wrong = REDUCE.replace('value);', 'Math.abs(value), 0);');
  const analysis = { actions: LOOK, result: RESULT };
  return [
    script('plain', PLAIN_TITLE, {
      analysis,
      change: {
        actions: [...LOOK, edit('test/m01.test.mjs', END, emptyTest), edit('src/m01.mjs', REDUCE, plain), RUN],
        closing: 'The sum begins with zero now; a test shows it.',
      },
    }),
    script('red', RED_TITLE, {
      analysis,
      change: {
        actions: [...LOOK, edit('test/m01.test.mjs', END, redTest), edit('src/m01.mjs', REDUCE, wrong)],
        closing: 'The sum takes every value into account now.',
      },
      repair: {
        saw: SHOULD,
        actions: [{ do: 'read', path: 'src/m01.mjs' }, edit('src/m01.mjs', wrong, plain), RUN],
        closing: 'The sign is kept now.',
      },
    }),
  ];
}

function script(name: string, title: string, told: Omit<Told, 'demo'>): Script {
  return toScript({ ...told, demo: { name, issue: { title } } });
}
