import type { DemoPackage } from './demo-package.ts';

// the suite is written for tape; `npm test` would install tap 0.4 with 270 packages more to run the same files
const installTape =
  'npm install --prefix node_modules/.tools --no-audit --no-fund --ignore-scripts --no-package-lock tape@3.6.1 && ' +
  'ln -sfn .tools/node_modules/tape node_modules/tape';
const runTests = 'node node_modules/tape/bin/tape test/*.js';

/** CVE-2021-44906: an option name can reach `Function.prototype` by way of a method of an array. */
export const minimist: DemoPackage = {
  name: 'minimist',
  version: '1.2.5',
  licence: 'MIT',
  registry: 'npm',
  archive: {
    file: 'minimist-1.2.5.tgz',
    sha256: 'a1800ce4d39356e96497bd09a41fad0033a13dd8eeb469008333547505ce4350',
  },
  omit: [],
  repo: 'acme/minimist',
  settings: { setup: [installTape], gates: [{ name: 'tests', command: runTests, timeoutSeconds: 120 }] },
  issue: {
    title: 'A crafted option name still changes the prototype of every function',
    body: `The guard against \`__proto__\` in option names can be walked around through a method.

\`\`\`js
const parse = require('minimist');
parse(['--_.concat.constructor.prototype.y', '123']);
console.log((function () {}).y); // 123, should be undefined
\`\`\`

\`_\` is an array, its \`concat\` is a function, and from there \`constructor.prototype\` is \`Function.prototype\`,
which every function of the process inherits from. Anybody who controls one command-line option can set it.

Expected: no option name can set anything on a prototype. \`--constructor.prototype.y\` is refused already and must stay so.
`,
    labels: ['bug', 'backend'],
  },
  specialty: 'backend',
  check: { setup: [installTape], suite: runTests, tests: ['test/'] },
};
