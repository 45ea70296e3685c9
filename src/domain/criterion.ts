export type Figure = string | number | boolean;

/** One condition on a stage's figures, as data: `{ figure: 'redGates', is: 'equal', value: 0 }`. */
export interface Criterion {
  readonly figure: string;
  readonly is: 'equal' | 'not-equal' | 'at-least' | 'at-most';
  readonly value: Figure;
}

/** Whether the figures meet the criterion; a figure that the stage did not report meets none. */
export function isMet(criterion: Criterion, figures: Readonly<Record<string, Figure>>): boolean {
  const actual = figures[criterion.figure];
  if (actual === undefined) return false;
  switch (criterion.is) {
    case 'equal':
      return actual === criterion.value;
    case 'not-equal':
      return actual !== criterion.value;
    case 'at-least':
      return typeof actual === 'number' && typeof criterion.value === 'number' && actual >= criterion.value;
    case 'at-most':
      return typeof actual === 'number' && typeof criterion.value === 'number' && actual <= criterion.value;
  }
}

/** The criterion in words, for a person: `redGates equal 0 (is 2)`. */
export function explain(criterion: Criterion, figures: Readonly<Record<string, Figure>>): string {
  const actual = figures[criterion.figure];
  return `${criterion.figure} ${criterion.is.replace('-', ' ')} ${String(criterion.value)} (is ${String(actual ?? 'not reported')})`;
}
