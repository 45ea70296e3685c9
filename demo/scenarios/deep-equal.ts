import { deepEqual } from '../packages/deep-equal.ts';
import type { Scenario } from './scenario.ts';

const test = `test('buffers', function (t) {
    t.ok(equal(Buffer('xyz'), Buffer('xyz')));
    t.end();
});
`;

const newTest = `
test('regular expressions', function (t) {
    t.ok(equal(/a/gi, /a/gi));
    t.notOk(equal(/a/, /b/));
    t.notOk(equal(/a/i, /a/g));
    t.notOk(equal({ match: /x/ }, { match: /y/ }, { strict: true }));
    t.notOk(equal(/a/, {}));
    t.notOk(equal([], /a/));
    t.end();
});
`;

const dates = `  } else if (actual instanceof Date && expected instanceof Date) {
    return actual.getTime() === expected.getTime();
`;

export const deepEqualScenario: Scenario = {
  demo: deepEqual,
  analysis: {
    actions: [
      { thought: 'I look at which kinds of objects are compared in a way of their own.', do: 'read', path: 'index.js' },
      { do: 'read', path: 'test/cmp.js' },
    ],
    result: {
      summary:
        'Dates and buffers have comparisons of their own; regular expressions fall through to the comparison of ' +
        'enumerable keys, of which they have none, so that any two are equal.',
      changeType: 'fix',
      acceptanceCriteria: [
        'regular expressions with another source or other flags are not equal, at any depth',
        'a regular expression is not equal to something that is none',
      ],
      plan: [
        'Add tests to test/cmp.js',
        'Compare regular expressions by source and flags, beside the comparison of dates',
        'Run the whole suite',
      ],
      risks: ['`flags` does not exist in old engines: compare the text form, which holds both'],
      complexity: 'simple',
    },
  },
  change: {
    actions: [
      { do: 'read', path: 'index.js' },
      { do: 'read', path: 'test/cmp.js' },
      {
        thought: 'First a test that shows the defect.',
        do: 'edit',
        path: 'test/cmp.js',
        from: test,
        to: test + newTest,
      },
      { do: 'run', command: 'npm test 2>&1 | tail -n 30', description: 'See the new test fail' },
      {
        thought: 'Four of the new assertions fail. The comparison belongs beside the one for dates.',
        do: 'edit',
        path: 'index.js',
        from: dates,
        to: `${dates}
  // Regular expressions have no enumerable keys: source and flags tell them apart.
  } else if (actual instanceof RegExp || expected instanceof RegExp) {
    return actual instanceof RegExp && expected instanceof RegExp
      && String(actual) === String(expected);
`,
      },
      { do: 'run', command: 'npm test 2>&1 | tail -n 8', description: 'Run the whole suite' },
    ],
    closing:
      'Regular expressions are now compared by source and flags, and are never equal to anything else. ' +
      'The new tests in test/cmp.js failed before the change.',
  },
};
