/**
 * Text that others wrote, made safe for a terminal: no escape sequences, no control or bidirectional characters, one line.
 * Cut at `most` characters with an ellipsis.
 */
export function plainText(text: string, most = 10_000): string {
  const clean = text

    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g, '')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  const points = [...clean];
  return points.length > most ? `${points.slice(0, Math.max(0, most - 1)).join('')}…` : clean;
}

/** The same over several lines, which stay. */
export function plainLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => plainText(line));
}
