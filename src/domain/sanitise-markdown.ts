/**
 * Makes text that a model or a stranger wrote safe to publish under our name: what is left can be read,
 * but neither notifies people, nor commands bots, closes issues, loads images, nor hides or links anything.
 */

/** Breaks a token without being seen. */
const BREAK = '\u200b';
/** Controls but tab and line feed, and everything that is invisible or turns the direction of text. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([A-Za-z0-9+#-]{0,20})[^`]*$/;

/** Host and path of a link's target. There is no `URL` where workflows run. */
const LINK = /^\]\(https:\/\/([^/]+)(\/[^?]*)/;
/** A path that leads elsewhere than it reads. */
const DETOUR = /\/(?:\.|%2e){1,2}(?:\/|$)/i;
const DISCUSSED = /\/(?:issues|pull|discussions)\//i;

export interface SanitiseOptions {
  /** Longer text is cut, with a note. Characters. */
  readonly maxLength: number;
  /** Links to this host stay links: the forge's own. */
  readonly linkHost?: string | undefined;
}

/** Several lines of Markdown: emphasis, lists, tables and code stay. */
export function sanitiseMarkdown(text: string, options: SanitiseOptions): string {
  const lines = cut(clean(text), options.maxLength).split('\n');
  const done: string[] = [];
  let fence: string | undefined;
  for (const line of lines) {
    const mark = FENCE.exec(line);
    if (fence !== undefined && closes(line, fence)) {
      done.push(fence);
      fence = undefined;
    } else if (fence !== undefined) {
      done.push(inFence(line));
    } else if (mark?.[1]) {
      fence = mark[1];
      done.push(`${fence}${mark[2] ?? ''}`);
    } else {
      done.push(inText(line, options.linkHost));
    }
  }
  if (fence !== undefined) done.push(fence);
  return done.join('\n').trim();
}

/** One line of plain text, for titles: also without marks of code. */
export function sanitiseLine(text: string, maxLength: number): string {
  const line = clean(text).replace(/\s+/g, ' ').trim();
  return breakTokens(cutLine(line, maxLength)).replace(/^\//, `${BREAK}/`);
}

function clean(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(HIDDEN, (character) => (character === '\n' || character === '\t' ? character : ''));
}

function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '');
  return `${kept.slice(0, Math.max(kept.lastIndexOf('\n'), maxLength - 200))}\n\n… (shortened)`;
}

function cutLine(line: string, maxLength: number): string {
  const letters = [...line];
  return letters.length <= maxLength ? line : `${letters.slice(0, maxLength - 1).join('')}…`;
}

function closes(line: string, fence: string): boolean {
  const trimmed = line.trim();
  return (
    trimmed.length >= fence.length && trimmed === (fence[0] ?? '').repeat(trimmed.length) && /^ {0,3}\S/.test(line)
  );
}

/** Code is shown as it is; bots, however, read the raw text and know nothing of fences. */
function inFence(line: string): string {
  return line
    .replace(/^\/(?=[A-Za-z])/, ' /')
    .replace(/<(?=!)/g, `<${BREAK}`)
    .replace(/@(?=[A-Za-z0-9_])/g, `@${BREAK}`);
}

function inText(line: string, linkHost: string | undefined): string {
  const kept: string[] = [];
  const parts = line.split(/(\]\(https:\/\/[A-Za-z0-9.:-]+\/[A-Za-z0-9._~/?=&%-]*\))/);
  for (const part of parts) kept.push(isHarmlessLink(part, linkHost) ? part : breakTokens(part));
  return (
    kept
      .join('')
      // a heading of theirs must not pass for one of ours
      .replace(/^(\s*)(#{1,6})(?=\s|$)/, '$1\\$2')
      .replace(/^(\s*)(=+|-+)\s*$/, '$1\\$2')
      .replace(/^([\s>*+-]*)\/(?=[A-Za-z])/, '$1\\/')
  );
}

/** A link within the forge, and none to an issue or pull request: `Closes` before it would close that one. */
function isHarmlessLink(part: string, linkHost: string | undefined): boolean {
  if (linkHost === undefined) return false;
  const [, host = '', path = ''] = LINK.exec(part) ?? [];
  return host.toLowerCase() === linkHost.toLowerCase() && !DETOUR.test(path) && !DISCUSSED.test(path);
}

function breakTokens(text: string): string {
  return text
    .replace(/&(?=#?[A-Za-z0-9]+;)/g, '&amp;')
    .replace(/<(?=[A-Za-z/!?])/g, `<${BREAK}`)
    .replace(/!\[/g, '[')
    .replace(/\](?=[([:])/g, `]${BREAK}`)
    .replace(/:\/\//g, `:${BREAK}//`)
    .replace(/\bwww\./gi, (found) => `${found.slice(0, 3)}${BREAK}.`)
    .replace(/@(?=[A-Za-z0-9_])/g, `@${BREAK}`)
    .replace(/#(?=\d)/g, `#${BREAK}`)
    .replace(/\b(gh)-(?=\d)/gi, `$1-${BREAK}`);
}
