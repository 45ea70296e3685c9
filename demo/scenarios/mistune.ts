import { mistune } from '../packages/mistune.ts';
import type { Scenario } from './scenario.ts';

const imports = `import mistune
from unittest import TestCase
`;

const neighbour = `        result = md('_em_ **strong**')
        expected = '<p><em>em</em> <strong>strong</strong></p>'
        self.assertEqual(result.strip(), expected)
`;

const newTest = `
    def test_backslashes_after_asterisk(self):
        start = time.time()
        result = mistune.html('**' + '\\\\' * 36)
        self.assertLess(time.time() - start, 0.5)
        self.assertEqual(result.strip(), '<p>**' + '\\\\' * 18 + '</p>')

    def test_escapes_in_emphasis(self):
        result = mistune.html(r'**a\\*b** *c\\\\*')
        expected = '<p><strong>a*b</strong> <em>c\\\\</em></p>'
        self.assertEqual(result.strip(), expected)
`;

const before = String.raw`        r'(?:\\[\\*]|[^*])*'`;
/** Linear, but a backslash that escapes nothing no longer fits: the suite's hard line breaks say so. */
const tooNarrow = String.raw`        r'(?:\\[\\*]|[^\\*])*'`;
/** Matches the very texts that `before` does, each in one way only. */
const exact = String.raw`        r'(?:[^*]|(?<=\\)\*)*'`;

const runMisc = 'python3 -m unittest tests.test_misc';
const runAll = 'python3 -m unittest discover -s tests -t .';

export const mistuneScenario: Scenario = {
  demo: mistune,
  analysis: {
    actions: [
      { thought: 'I look for the expression that backtracks.', do: 'read', path: 'mistune/inline_parser.py' },
      { do: 'read', path: 'tests/test_misc.py' },
    ],
    result: {
      summary:
        'In ASTERISK_EMPHASIS two backslashes match either as one escape or as two plain characters, so a text of n ' +
        'backslashes is tried in exponentially many ways before the match fails.',
      changeType: 'fix',
      acceptanceCriteria: [
        'forty backslashes after an asterisk render at once',
        'what is rendered as emphasis today still is, escapes included',
      ],
      plan: [
        'Add a test with a time bound to tests/test_misc.py',
        'Make the alternatives of the expression exclude each other',
        'Run the suite, which holds the CommonMark examples',
      ],
      risks: ['An expression that is too narrow loses emphasis around a backslash'],
      complexity: 'medium',
    },
  },
  change: {
    actions: [
      { do: 'read', path: 'mistune/inline_parser.py' },
      { do: 'read', path: 'tests/test_misc.py' },
      {
        thought: 'First a test that shows the defect.',
        do: 'edit',
        path: 'tests/test_misc.py',
        from: imports,
        to: `import time
${imports}`,
      },
      { do: 'edit', path: 'tests/test_misc.py', from: neighbour, to: neighbour + newTest },
      { do: 'run', command: runMisc, description: 'See the new test fail' },
      {
        thought: 'It takes seconds. A backslash must be matched by one alternative only.',
        do: 'edit',
        path: 'mistune/inline_parser.py',
        from: before,
        to: tooNarrow,
      },
      { do: 'run', command: runMisc, description: 'Run the tests of this file' },
    ],
    closing: 'The alternatives of the expression for emphasis exclude each other now, so that it no longer backtracks.',
  },
  repair: {
    saw: 'test_hard_line_breaks_007',
    actions: [
      {
        thought:
          'The CommonMark example shows it: a backslash before a line break is part of emphasis too, and my expression ' +
          'lost it. What may not stand alone is the asterisk, not the backslash.',
        do: 'read',
        path: 'mistune/inline_parser.py',
      },
      { do: 'edit', path: 'mistune/inline_parser.py', from: tooNarrow, to: exact },
      { do: 'run', command: runAll, description: 'Run the whole suite' },
    ],
    closing:
      'The expression for emphasis now matches the same texts as before, each in one way only: any character but an ' +
      'asterisk, or an asterisk after a backslash. The CommonMark examples pass again, and the new test with its time bound too.',
  },
};
