import type { Brief } from '../contract/activities.ts';
import type { ForgeIssue } from '../forge/forge.ts';

const MAX_TITLE = 120;
/** GitHub takes no longer one. */
const MAX_WHOLE_TITLE = 256;
const MAX_BODY = 60_000;
const MAX_COMMENT = 10_000;
const MAX_COMMENTS_IN_ALL = 120_000;

/** Control characters, and the marks that turn or hide text: a title is for people's eyes. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu;

/** One line of at most so many characters without anything that a terminal or a page could take for a command. */
export function shortenTitle(text: string, most = MAX_TITLE): string {
  const line = text.replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
  if (line === '') return 'Untitled task';
  const letters = [...line];
  return letters.length <= most
    ? line
    : `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

/** A prompt's title: its first line that says something. */
export function titleOfPrompt(prompt: string): string {
  return shortenTitle(prompt.split('\n').find((line) => line.trim() !== '') ?? '');
}

/** What the session reads of an issue; comments of ours are left out, the newest win where there is too much. */
export function briefOfIssue(issue: ForgeIssue): Brief {
  const comments: { author: string; body: string }[] = [];
  let left = MAX_COMMENTS_IN_ALL;
  for (const comment of [...issue.comments].reverse()) {
    if (comment.body.includes('<!-- taskfleet:')) continue;
    const body = cut(comment.body, Math.min(MAX_COMMENT, left));
    if (body === '') break;
    left -= body.length;
    comments.unshift({ author: comment.author, body });
  }
  return {
    // the session must not guess the end of a sentence that the issue has whole
    title: shortenTitle(issue.title, MAX_WHOLE_TITLE),
    body: cut(issue.body, MAX_BODY),
    url: issue.url,
    labels: issue.labels,
    comments,
  };
}

export function briefOfPrompt(prompt: string): Brief {
  return { title: titleOfPrompt(prompt), body: prompt, url: null, labels: [], comments: [] };
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 100) return '';
  return `${text.slice(0, most)}\n… (${text.length - most} more characters were left out)`;
}
