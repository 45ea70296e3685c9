import { createHash } from 'node:crypto';

export interface CleanText {
  readonly text: string;
  /** What was taken out, in words; empty for a plain text. */
  readonly removed: readonly string[];
}

/** Characters that a person does not see, or that reorder what is seen. */
const INVISIBLE: readonly (readonly [string, RegExp])[] = [
  ['zero-width characters', /[\u200B-\u200D\u2060-\u2064\uFEFF\u00AD\u180E]/g],
  ['direction marks', /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g],
  ['tag characters', /[\u{E0000}-\u{E007F}]/gu],
  ['control characters', /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g],
];

/** Takes out what a reader of the rendered text would not see: comments of HTML, invisible and reordering characters. */
export function cleanText(text: string): CleanText {
  const removed: string[] = [];
  let clean = text.replaceAll('\r\n', '\n');
  for (const [name, pattern] of INVISIBLE) {
    const without = clean.replace(pattern, '');
    if (without !== clean) removed.push(name);
    clean = without;
  }
  const visible = stripComments(clean);
  if (visible !== clean) removed.push('HTML comments');
  return { text: visible, removed };
}

/** An unclosed comment hides everything to the end, as it does in a browser. Repeats: removal may join two halves. */
function stripComments(text: string): string {
  let before: string;
  let after = text;
  do {
    before = after;
    after = before.replace(/<!--[\s\S]*?(?:-->|$)/g, '');
  } while (after !== before);
  return after;
}

/**
 * Wraps other people's text so that it cannot end its own frame: the mark is the digest of the text,
 * and a text that holds its own digest cannot be made.
 */
export function fence(text: string): string {
  const mark = `DATA-${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  return `${mark}\n${text}\n${mark}`;
}
