import type { Analysis } from '../contract/session-report.ts';
import { sanitiseLine } from '../domain/sanitise-markdown.ts';

const TYPES = ['fix', 'feat', 'refactor', 'docs', 'test', 'chore', 'perf', 'build', 'ci', 'style'];
const CONVENTIONAL = /^[a-z]+(\([^)]{1,40}\))?!?: \S/;
const MAX_TITLE = 100;

/** `fix: minimist lets arguments pollute Object.prototype`; a title that is conventional already stays as it is. */
export function pullRequestTitle(title: string, analysis: Pick<Analysis, 'changeType'> | null): string {
  const plain = sanitiseLine(title, MAX_TITLE);
  if (CONVENTIONAL.test(plain)) return plain;
  const type = analysis && TYPES.includes(analysis.changeType) ? analysis.changeType : 'fix';
  return sanitiseLine(`${type}: ${plain}`, MAX_TITLE);
}
