import { describe, expect, it } from '@jest/globals';
import { countTests, describeCounts } from './test-counts.ts';
import { promptly } from '../../test/support/promptly.ts';

const CASES: [runner: string, output: string, summary: string][] = [
  [
    'jest',
    'Test Suites: 1 failed, 1 total\nTests:       2 failed, 1 skipped, 40 passed, 43 total\nTime: 1 s',
    '2 failed, 40 passed',
  ],
  [
    'jest, a suite that does not run',
    'Test Suites: 1 failed, 1 passed, 2 total\nTests:       4 passed, 4 total\n',
    '1 failed, 4 passed',
  ],
  ['vitest', ' Test Files  1 passed (1)\n      Tests  1 failed | 4 passed (5)\n', '1 failed, 4 passed'],
  [
    'vitest in colour',
    '\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m5 passed\u001b[39m\u001b[22m\u001b[90m (5)\u001b[39m\n',
    '5 passed',
  ],
  ['node --test', 'ℹ tests 4\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\n', '1 failed, 3 passed'],
  ['node --test as tap', '# tests 4\n# suites 0\n# pass 4\n# fail 0\n', '4 passed'],
  ['tape', '1..144\n# tests 144\n# pass  143\n# fail  1\n', '1 failed, 143 passed'],
  [
    'tap of old',
    'ok test/all_bool.js ............... 3/3\ntotal ........................... 158/159\n\nnot ok\n',
    '1 failed, 158 passed',
  ],
  ['plain TAP', 'TAP version 13\nok 1 - a\nnot ok 2 - b\nok 3 - c\n1..3\n', '1 failed, 2 passed'],
  ['mocha', '\n  12 passing (30ms)\n  2 failing\n', '2 failed, 12 passed'],
  ['pytest', '===== 1 failed, 143 passed, 2 skipped, 1 error in 1.20s =====', '2 failed, 143 passed'],
  ['pytest -q', '561 passed, 3 warnings in 62.10s (0:01:02)', '561 passed'],
  ['pytest without tests', '============ no tests ran in 0.01s ============', 'no tests were run'],
  ['unittest', '.F.\n-----\nRan 12 tests in 0.101s\n\nFAILED (failures=1, errors=2)\n', '3 failed, 9 passed'],
  ['unittest without tests', 'Ran 0 tests in 0.000s\n\nNO TESTS RAN\n', 'no tests were run'],
  [
    'go',
    'ok  \ta/b\t0.01s\n--- FAIL: TestX (0.00s)\nFAIL\ta/c\t0.02s\n?   \ta/d\t[no test files]\nFAIL\n',
    '1 failed, 1 passed',
  ],
  ['go that does not build', 'FAIL\ta/c [build failed]\nok  \ta/b\t(cached)\n', '1 failed, 1 passed'],
  [
    'cargo',
    'test result: ok. 3 passed; 0 failed; 1 ignored\ntest result: FAILED. 1 passed; 2 failed; 0 ignored\n',
    '2 failed, 4 passed',
  ],
  [
    'maven',
    '[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in a.B\n[ERROR] Tests run: 10, Failures: 1, Errors: 1, Skipped: 2\n',
    '2 failed, 6 passed',
  ],
];

describe('countTests', () => {
  it.each(CASES)('reads the closing lines of %s', (_, output, summary) => {
    const counts = countTests(`some output\n${output}`);

    expect(counts && describeCounts(counts)).toBe(summary);
  });

  it.each(['', 'all good', 'pass', 'Tests: none', 'ok', '# pass'])('finds nothing in %j', (output) => {
    expect(countTests(output)).toBeUndefined();
  });

  it('is done at once with megabytes of text made to slow it down', () => {
    const begun = Date.now();

    for (const text of [
      '_ '.repeat(2e6),
      '1 a, '.repeat(1e6),
      '\n'.repeat(4e6),
      `Ran 1 tests in 1s${'\n'.repeat(2e6)}`,
    ])
      countTests(text);

    expect(Date.now() - begun).toBeLessThan(promptly(3_000));
  });
});
