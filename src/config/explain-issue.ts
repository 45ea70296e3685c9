import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What is expected, in words; the value itself only where it cannot be a secret. */
export function explainIssue(issue: Issue, value: unknown, isSecret: boolean): string {
  const but = isSecret || value === undefined ? '' : `, not ${show(value)}`;
  switch (issue.code) {
    case 'invalid_type':
      return `${value === undefined ? 'is missing: ' : ''}expected ${noun(issue.expected)}${but}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}${but}`;
    case 'too_small':
      return `expected ${atLeast(issue)}${but}`;
    case 'too_big':
      return `expected ${atMost(issue)}${but}`;
    case 'invalid_format':
      return `expected ${formatOf(issue)}${but}`;
    case 'invalid_key':
      return `the name is not allowed: ${issue.issues.map((one) => one.message).join('; ')}`;
    default:
      return issue.message;
  }
}

function atLeast({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string') return `at least ${minimum} character${Number(minimum) === 1 ? '' : 's'}`;
  if (origin === 'array') return `at least ${minimum} ${Number(minimum) === 1 ? 'entry' : 'entries'}`;
  return `a number ${inclusive ? 'of at least' : 'above'} ${minimum}`;
}

function atMost({ origin, maximum }: z.core.$ZodIssueTooBig): string {
  if (origin === 'string') return `at most ${maximum} characters`;
  return origin === 'array' ? `at most ${maximum} entries` : `a number of at most ${maximum}`;
}

function formatOf(issue: z.core.$ZodIssueInvalidStringFormat): string {
  if (issue.format === 'url') return 'an address that begins with http:// or https://';
  const isUnnamed = issue.format === 'regex' && issue.message.startsWith('Invalid string');
  return isUnnamed ? `text that matches ${issue.pattern ?? ''}` : issue.message;
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

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'an object';
  const text = typeof value === 'string' ? `'${value}'` : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
