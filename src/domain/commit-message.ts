const TYPES = new Set(['fix', 'feat', 'refactor', 'docs', 'test', 'chore', 'perf', 'build', 'ci', 'style']);
const MAX_SUBJECT = 72;

export interface CommitSubject {
  readonly taskId: string;
  readonly title: string;
  /** The issue that the change closes, in the same repository. */
  readonly issue: number | null;
  /** What the analysis called it; `fix` for an issue and `feat` for a prompt where there was none. */
  readonly changeType: string | null;
}

/**
 * A conventional commit message: `<type>: <title>` in at most 72 columns, then trailers.
 * The title is a stranger's text: it stays on one line, adds no trailer, and neither notifies, closes, links nor skips checks.
 */
export function commitMessage(subject: CommitSubject): string {
  const type = commitType(subject);
  const title = disarm(stripType(oneLine(subject.title))) || 'work on the task';
  const trailers = [
    ...(subject.issue === null ? [] : [`Closes #${subject.issue}`]),
    `Taskfleet-Task: ${oneLine(subject.taskId)}`,
  ];
  return `${shorten(`${type}: ${title}`)}\n\n${trailers.join('\n')}\n`;
}

function commitType(subject: CommitSubject): string {
  const wanted = subject.changeType?.toLowerCase() ?? '';
  if (TYPES.has(wanted)) return wanted;
  return subject.issue === null ? 'feat' : 'fix';
}

/** No control, format, surrogate or line-separating characters, single blanks. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** `fix(parser): no crash` → `no crash`: the type is ours to say. */
function stripType(title: string): string {
  return title.replace(/^(?:fix|feat|refactor|docs|test|chore|perf|build|ci|style)(?:\([^)]{0,40}\))?!?:\s*/i, '');
}

/** A blank breaks what a forge obeys in a message: an invisible sign would show up as `<U+200B>` in a terminal. */
function disarm(title: string): string {
  return title
    .replace(/@(?=\w)/g, '@ ')
    .replace(/#(?=\d)/g, '# ')
    .replace(/\b(gh-)(?=\d)/gi, '$1 ')
    .replace(/:\/\//g, ': //')
    .replace(/\[(?=(?:skip|no|ci|actions)\b)/gi, '[ ')
    .replace(/\*{3}(?=no_ci)/gi, '*** ');
}

function shorten(line: string): string {
  const characters = [...line];
  if (characters.length <= MAX_SUBJECT) return line;
  const cut = characters.slice(0, MAX_SUBJECT - 1).join('');
  const blank = cut.lastIndexOf(' ');
  return `${(blank > MAX_SUBJECT / 2 ? cut.slice(0, blank) : cut).trimEnd()}…`;
}
