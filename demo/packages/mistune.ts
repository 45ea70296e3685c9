import type { DemoPackage } from './demo-package.ts';

const runTests = 'python3 -m unittest discover -s tests -t .';

/** CVE-2022-34749: the regular expression for `*emphasis*` backtracks exponentially over backslashes. */
export const mistune: DemoPackage = {
  name: 'mistune',
  version: '2.0.2',
  licence: 'BSD-3-Clause',
  registry: 'pypi',
  archive: {
    file: 'mistune-2.0.2.tar.gz',
    sha256: '6fc88c3cb49dba8b16687b41725e661cf85784c12e8974a29b9d336dd596c3a1',
  },
  omit: ['PKG-INFO', 'mistune.egg-info'],
  repo: 'acme/mistune',
  // the suite needs nothing but Python; the Makefile's `pytest` would have to be installed first
  settings: {
    setup: [],
    env: { PYTHONDONTWRITEBYTECODE: '1' },
    gates: [{ name: 'tests', command: runTests, timeoutSeconds: 120 }],
  },
  issue: {
    title: 'Rendering hangs on a line of backslashes that follows an asterisk',
    body: `A short comment posted by a user stops our web server. This is all it takes:

\`\`\`python
import mistune
mistune.html('**' + '\\\\' * 40)
\`\`\`

With 30 backslashes it takes half a second, with 34 three seconds, with 40 about a minute, all of it inside one
regular expression match. The time doubles with about every two characters more.

Expected: rendering takes time in proportion to the length of the text, and what is rendered as emphasis today
still is, escapes included.
`,
    labels: ['bug', 'performance'],
  },
  specialty: 'backend',
  check: { setup: [], suite: runTests, tests: ['tests/'] },
};
