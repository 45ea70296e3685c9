import { plainText } from './plain-text.ts';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

type Reader = (text: string) => TestCounts | undefined;

/** Closing lines are at the end; where each of many packages has its own, the last of them are enough. */
const MAX_CHARS = 1_000_000;

const READERS: Reader[] = [
  readJest,
  readPytest,
  readUnittest,
  readCargo,
  readMaven,
  readTotals,
  readMocha,
  readOldTap,
  readGo,
  readTapLines,
];

/** How many tests passed and failed by the closing lines of a known runner; undefined where there is none of these. */
export function countTests(output: string): TestCounts | undefined {
  const text = plainText(output.slice(-MAX_CHARS));
  for (const read of READERS) {
    const counts = read(text);
    if (counts) return counts;
  }
  return undefined;
}

/** `144 passed`, `1 failed, 143 passed`, `no tests were run`. */
export function describeCounts({ passed, failed }: TestCounts): string {
  if (passed + failed === 0) return 'no tests were run';
  return failed > 0 ? `${failed} failed, ${passed} passed` : `${passed} passed`;
}

/** Jest: `Tests: 1 failed, 4 passed, 5 total`; Vitest: `Tests  1 failed | 4 passed (5)`. Also counts suites that failed to run. */
function readJest(text: string): TestCounts | undefined {
  const counts = sum(text, /^ *Tests:? +(.*(?:total|\(\d+\)))$/gm, (found) => words(found[1] ?? ''));
  if (!counts || counts.failed > 0) return counts;
  const suites = sum(text, /^ *(?:Test Suites:|Test Files) +(.*(?:total|\(\d+\)))$/gm, (found) =>
    words(found[1] ?? ''),
  );
  return { passed: counts.passed, failed: suites?.failed ?? 0 };
}

/** `=== 1 failed, 143 passed, 2 skipped, 1 error in 1.20s ===`, with or without the ruler. */
function readPytest(text: string): TestCounts | undefined {
  return sum(text, /^(?:=+ )?((?:\d+ [a-z]+(?:, )?)+|no tests ran) in [\d.]+s(?: \([\d:]+\))?(?: =+)?$/gm, (found) =>
    words(found[1] ?? ''),
  );
}

/** `Ran 12 tests in 0.1s` and then `OK` or `FAILED (failures=1, errors=2)`. */
function readUnittest(text: string): TestCounts | undefined {
  return sum(text, /^Ran (\d+) tests? in [\d.]+s\n+(OK|FAILED|NO TESTS RAN)(.*)$/gm, (found) => {
    const failed = [...(found[3] ?? '').matchAll(/(?:failures|errors)=(\d+)/g)].reduce(
      (all, one) => all + Number(one[1]),
      0,
    );
    return { passed: Math.max(0, Number(found[1]) - failed), failed };
  });
}

/** One `test result:` line per binary. */
function readCargo(text: string): TestCounts | undefined {
  return sum(text, /^test result: \S+ (\d+) passed; (\d+) failed;/gm, (found) => pair(found[1], found[2]));
}

/** The totals of each module: the lines of single classes carry a time. */
function readMaven(text: string): TestCounts | undefined {
  return sum(text, /^(?:\[\w+\] )?Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)\s*$/gm, (found) => {
    const failed = Number(found[2]) + Number(found[3]);
    return { passed: Number(found[1]) - failed - Number(found[4]), failed };
  });
}

/** Node's runner (`ℹ pass 4`, `# pass 4`) and tape (`# pass  4`, and `# fail  1` only where one did). */
function readTotals(text: string): TestCounts | undefined {
  const passed = sum(text, /^[#ℹ] pass +(\d+)$/gm, (found) => pair(found[1], '0'));
  const failed = sum(text, /^[#ℹ] fail +(\d+)$/gm, (found) => pair('0', found[1]));
  if (!passed && !failed) return undefined;
  return { passed: passed?.passed ?? 0, failed: failed?.failed ?? 0 };
}

function readMocha(text: string): TestCounts | undefined {
  const passed = sum(text, /^ *(\d+) passing(?: \(.*\))?$/gm, (found) => pair(found[1], '0'));
  const failed = sum(text, /^ *(\d+) failing$/gm, (found) => pair('0', found[1]));
  if (!passed && !failed) return undefined;
  return { passed: passed?.passed ?? 0, failed: failed?.failed ?? 0 };
}

/** `total ........ 158/159` of the first versions of tap. */
function readOldTap(text: string): TestCounts | undefined {
  return sum(text, /^total \.+ (\d+)\/(\d+)$/gm, (found) => ({
    passed: Number(found[1]),
    failed: Number(found[2]) - Number(found[1]),
  }));
}

/** Go says nothing of single tests that pass: its packages are what is counted. */
function readGo(text: string): TestCounts | undefined {
  return sum(text, /^(ok|FAIL)[ \t]+\S+[ \t]+(?:[\d.]+s|\(cached\)|\[[\w ]+\])/gm, (found) =>
    found[1] === 'ok' ? pair('1', '0') : pair('0', '1'),
  );
}

function readTapLines(text: string): TestCounts | undefined {
  if (!/^(?:TAP version \d+|1\.\.\d+)/m.test(text)) return undefined;
  return sum(text, /^(not )?ok\b/gm, (found) => (found[1] ? pair('0', '1') : pair('1', '0')));
}

function words(text: string): TestCounts {
  const count = (word: RegExp): number => [...text.matchAll(word)].reduce((all, found) => all + Number(found[1]), 0);
  return { passed: count(/(\d+) (?:passed|xpassed|xfailed)/g), failed: count(/(\d+) (?:failed|errors?)/g) };
}

function pair(passed: string | undefined, failed: string | undefined): TestCounts {
  return { passed: Number(passed), failed: Number(failed) };
}

function sum(text: string, pattern: RegExp, read: (found: RegExpMatchArray) => TestCounts): TestCounts | undefined {
  let all: TestCounts | undefined;
  for (const found of text.matchAll(pattern)) {
    const counts = read(found);
    all = { passed: (all?.passed ?? 0) + counts.passed, failed: (all?.failed ?? 0) + counts.failed };
  }
  return all;
}
