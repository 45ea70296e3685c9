import type { DemoPackage } from './demo-package.ts';

/** Fixed upstream in 1.1.0: regular expressions have no enumerable keys, so any two of them counted as equal. */
export const deepEqual: DemoPackage = {
  name: 'deep-equal',
  version: '1.0.1',
  licence: 'MIT',
  registry: 'npm',
  archive: {
    file: 'deep-equal-1.0.1.tgz',
    sha256: '679226cbc8173a807e1985410f71a06092f25bea729da142d9fda15a8e085ed0',
  },
  omit: [],
  repo: 'acme/deep-equal',
  issue: {
    title: 'Two different regular expressions are reported as equal',
    body: `\`\`\`js
const equal = require('deep-equal');
equal(/a/, /b/);                 // true
equal(/a/i, /a/g);               // true
equal({ match: /x/ }, { match: /y/ }, { strict: true }); // true
\`\`\`

An assertion of ours on a route table passed for a year although the patterns had nothing to do with each other.

Expected: two regular expressions are equal when both their source and their flags are, and a regular expression
is never equal to something that is none.
`,
    labels: ['bug', 'testing'],
  },
  specialty: 'testing',
  check: {
    setup: ['npm install --no-audit --no-fund --ignore-scripts --no-package-lock'],
    suite: 'npm test',
    tests: ['test/'],
  },
};
