import { describe, expect, it } from '@jest/globals';
import { composeFeedback, type Finding } from './compose-feedback.ts';
import { maskSecrets } from './mask-secrets.ts';
import { plainText } from './plain-text.ts';
import { tellingPart } from './telling-part.ts';

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

function finding(more: Partial<Finding['result']>, output = ''): Finding {
  const result = {
    name: 'tests',
    command: 'npm test',
    verdict: 'red',
    exitCode: 1,
    durationMs: 1,
    summary: 'exit 1',
    log: null,
  } as const;
  return { result: { ...result, ...more }, output };
}

describe('plainText', () => {
  it('leaves words, lines and tabs, and nothing that moves a cursor, sets a title or turns text round', () => {
    const text =
      '\u001b[31mred\u001b[0m\t\u001b]0;title\u0007\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\ a\u202eb\u0000\u009b1m\r\nnext\rlast';

    expect(plainText(text)).toBe('red\tlink ab1m\nnext\nlast');
  });
});

describe('tellingPart', () => {
  it('leaves a short output as it is', () => {
    expect(tellingPart('\n a\nb \n', 100)).toBe('a\nb');
  });

  it('keeps the head of the first failure and the end, and leaves out what passed before', () => {
    const passed = Array.from({ length: 500 }, (_, n) => `ok ${n}`);
    const failed = [
      'not ok 501 - divides by zero',
      '  expected: 1',
      ...Array.from({ length: 500 }, (_, n) => `  at frame ${n}`),
    ];

    const part = tellingPart([...passed, ...failed, '# fail 1'].join('\n'), 1_000);

    expect(part.startsWith('[…]\nok 498\nok 499\nnot ok 501 - divides by zero\n  expected: 1\n  at frame 0')).toBe(
      true,
    );
    expect(part.endsWith('  at frame 499\n# fail 1')).toBe(true);
    expect(Buffer.byteLength(part)).toBeLessThanOrEqual(1_000);
  });

  it('takes the end where no line speaks of a failure', () => {
    const part = tellingPart(`${'working\n'.repeat(1_000)}done`, 200);

    expect(part).toMatch(/^\[…]\nworking\n(working\n)+done$/);
  });

  it.each([
    ["src/a.ts(1,2): error TS2322: Type 'x'"],
    ['FAILED tests/test_x.py::test_y'],
    ['--- FAIL: TestX (0.00s)'],
    ["thread 'main' panicked at src/x.rs"],
    ['Traceback (most recent call last):'],
    ['  12:3  error  Unexpected var  no-var'],
    ['error[E0308]: mismatched types'],
    ['  ● adds numbers'],
    ['✖ adds numbers (1ms)'],
  ])('knows %j for the beginning of a failure', (line) => {
    const part = tellingPart(`${'fine\n'.repeat(400)}${line}\n${'detail\n'.repeat(400)}`, 500);

    expect(part).toContain(line.trim());
  });

  it.each([100, 333, 1_000])('keeps to %i bytes also with wide characters and one endless line', (maxBytes) => {
    for (const output of [
      '€'.repeat(5_000),
      `Error: ${'😀'.repeat(5_000)}`,
      `${'é\n'.repeat(3_000)}not ok\n${'é\n'.repeat(3_000)}`,
    ]) {
      const part = tellingPart(output, maxBytes);

      expect(Buffer.byteLength(part)).toBeLessThanOrEqual(maxBytes);
      expect(part.isWellFormed()).toBe(true);
      expect(part).not.toContain('\ufffd');
    }
  });
});

describe('composeFeedback', () => {
  it('says nothing when nothing holds up the change', () => {
    expect(composeFeedback([finding({ verdict: 'green' }), finding({ verdict: 'red-on-base' }, 'out')])).toBe('');
  });

  it('names each blocking gate with command, verdict and output, and those that are not the session’s to mend', () => {
    const feedback = composeFeedback([
      finding(
        { name: 'lint', command: 'npm run lint', verdict: 'red-on-base', summary: 'exit 2; on the base: exit 2' },
        'old lint',
      ),
      finding({ summary: '1 failed, 3 passed' }, 'not ok 1 - adds'),
      finding({ name: 'types', command: 'tsc', verdict: 'timeout', summary: 'not done after 15m' }),
    ]);

    expect(feedback).toContain('## Gate tests: red, 1 failed, 3 passed\n$ npm test\nnot ok 1 - adds');
    expect(feedback).toContain('## Gate types: timeout, not done after 15m\n$ tsc');
    expect(feedback).toContain('Gate lint is red on the base branch as well and not yours to mend');
    expect(feedback).not.toContain('old lint');
  });

  it('keeps to 6 KB without control characters, whatever the gates say', () => {
    const noise = `\u001b[31mError: \u0007${'é€😀'.repeat(10_000)}\n`.repeat(5);
    const many = Array.from({ length: 20 }, (_, n) =>
      finding({ name: `gate-${n}`, command: 'x'.repeat(2_000), summary: noise }, noise),
    );

    for (const findings of [
      many.slice(0, 1),
      many.slice(0, 3),
      many,
      [finding({ verdict: 'red-on-base', summary: noise }), ...many],
    ]) {
      const feedback = composeFeedback(findings);

      expect(Buffer.byteLength(feedback)).toBeLessThanOrEqual(6 * 1024);
      expect(feedback).not.toMatch(CONTROL);
      expect(feedback).toContain('gate-0');
    }
  });
});

describe('maskSecrets', () => {
  it('hides the values of secret variables and no others', () => {
    const mask = maskSecrets({ API_TOKEN: 's3cr3t-value', SHORT_KEY: 'ab', HOST: 'example' });

    expect(mask('s3cr3t-value at example, ab')).toBe('*** at example, ab');
  });
});
