import type { Palette } from './output.ts';
import { plainText } from './plain-text.ts';

/** The answer to one question of `doctor` or `setup`. */
export interface Check {
  readonly name: string;
  readonly verdict: 'ok' | 'missing' | 'warning';
  /** Whether taskfleet cannot work without it. */
  readonly required: boolean;
  /** What was found, in one line. */
  readonly found: string;
  /** What to do about it, where something is to be done. */
  readonly mend?: string | undefined;
}

export function renderChecks(checks: readonly Check[], palette: Palette): string[] {
  const width = Math.max(0, ...checks.map((check) => check.name.length));
  return checks.flatMap((check) => {
    const line = `${mark(check, palette)} ${check.name.padEnd(width)}  ${plainText(check.found, 300)}`;
    return check.mend && check.verdict !== 'ok' ? [line, `  ${' '.repeat(width)}  → ${check.mend}`] : [line];
  });
}

function mark(check: Check, palette: Palette): string {
  if (check.verdict === 'ok') return palette.green('✔');
  return check.verdict === 'missing' && check.required ? palette.red('✘') : palette.yellow('!');
}

/** Whether something that is required is missing. */
export function hasFailed(checks: readonly Check[]): boolean {
  return checks.some((check) => check.required && check.verdict === 'missing');
}
