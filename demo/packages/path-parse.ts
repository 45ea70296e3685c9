import type { DemoPackage } from './demo-package.ts';

/** CVE-2021-23343: the time to parse a path grows with the square of its length. Stands in where there is no Python. */
export const pathParse: DemoPackage = {
  name: 'path-parse',
  version: '1.0.6',
  licence: 'MIT',
  registry: 'npm',
  archive: {
    file: 'path-parse-1.0.6.tgz',
    sha256: 'a4a932d61bf4bd3f7b7a8020434e71101195862a86d0ce1e147e7a92cfe6a11f',
  },
  omit: [],
  repo: 'acme/path-parse',
  issue: {
    title: 'A long path with many dots blocks the process for seconds',
    body: `\`\`\`js
const parse = require('path-parse');
parse.posix('a' + '.'.repeat(30000) + '/x/');
\`\`\`

This takes about nine seconds here; with half as many dots it takes a quarter of that, so the time grows with the
square of the length. \`parse.win32\` does the same. Names come from archives that our users upload.

Expected: time in proportion to the length, and the same results as today for every path.
`,
    labels: ['bug', 'performance'],
  },
  specialty: 'backend',
  check: { setup: [], suite: 'npm test', tests: ['test.js'] },
};
