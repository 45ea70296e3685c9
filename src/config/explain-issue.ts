import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** The name most like the one given, if it is like enough to be a slip of the finger. */
export function suggest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(
    name.toLowerCase(),
    known.map((one) => one.toLowerCase()),
  );
  const original = known.find((one) => one.toLowerCase() === best);
  return distance(name.toLowerCase(), best) <= Math.max(2, Math.floor(name.length / 3)) ? original : undefined;
}

/** What is expected, in words; the value itself only where it cannot be a secret. */
export function explainIssue(issue: Issue, value: unknown, isSecret: boolean): string {
  const but = isSecret || value === undefined ? '' : `, not ${show(value)}`;
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined
        ? `is missing: expected ${noun(issue.expected)}`
        : `expected ${noun(issue.expected)}${but}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}${but}`;
    case 'too_small':
      if (issue.origin === 'string') return `expected at least ${issue.minimum} character${s(issue.minimum)}${but}`;
      if (issue.origin === 'array')
        return `expected at least ${issue.minimum} entr${issue.minimum === 1 ? 'y' : 'ies'}`;
      return `expected a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}${but}`;
    case 'too_big':
      if (issue.origin === 'string') return `expected at most ${issue.maximum} character${s(issue.maximum)}`;
      if (issue.origin === 'array') return `expected at most ${issue.maximum} entries`;
      return `expected a number of at most ${issue.maximum}${but}`;
    case 'invalid_format':
      if (issue.format === 'url') return `expected an address that begins with http:// or https://${but}`;
      if (issue.format === 'regex' && issue.message.startsWith('Invalid string')) {
        return `expected text that matches ${issue.pattern ?? ''}${but}`;
      }
      return `expected ${issue.message}${but}`;
    case 'invalid_key':
      return `the name is not allowed: ${issue.issues.map((one) => one.message).join('; ')}`;
    default:
      return issue.message;
  }
}

function noun(expected: string): string {
  const nouns: Record<string, string> = {
    string: 'text (in quotes, if it looks like a number)',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'settings with names (an object)',
    record: 'settings with names (an object)',
  };
  return nouns[expected] ?? expected;
}

function s(count: number | bigint): string {
  return Number(count) === 1 ? '' : 's';
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'an object';
  const text = typeof value === 'string' ? `'${value}'` : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
