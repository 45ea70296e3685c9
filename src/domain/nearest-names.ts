import { distance } from 'fastest-levenshtein';

/** The known names, the ones most like `name` first, whatever the case. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  return known
    .map((one) => ({ one, steps: distance(one.toLowerCase(), wanted) }))
    .sort((left, right) => left.steps - right.steps)
    .map(({ one }) => one);
}

/** The known name that was probably meant: at most two letters away, or a third of a long one. */
export function suggestName(name: string, known: readonly string[]): string | undefined {
  const [nearest] = nearestNames(name, known);
  if (nearest === undefined) return undefined;
  const steps = distance(nearest.toLowerCase(), name.toLowerCase());
  return steps <= Math.max(2, Math.floor(name.length / 3)) ? nearest : undefined;
}
