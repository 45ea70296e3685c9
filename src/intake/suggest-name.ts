/** The known names, with the likeliest first where one is near: `'deafult' is unknown; did you mean 'default'? Known: …`. */
export function explainUnknown(what: string, name: string, known: readonly string[]): string {
  const shown = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
  const near = known
    .map((one) => ({ one, steps: editDistance(one, shown.toLowerCase()) }))
    .sort((left, right) => left.steps - right.steps)[0];
  const guess =
    near && near.steps <= Math.max(2, Math.floor(near.one.length / 3)) ? ` Did you mean '${near.one}'?` : '';
  return `There is no ${what} '${shown}'.${guess} Known: ${known.join(', ')}.`;
}

/** How many insertions, deletions and replacements lie between two short texts. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= right.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (right[at - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
