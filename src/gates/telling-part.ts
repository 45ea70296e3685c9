import { plainText } from './plain-text.ts';

const CUT = '[…]';
/** Lines before the first failure that are kept, for what was going on. */
const LEAD = 2;
/** How far into a line is looked: some are megabytes long. */
const MAX_LINE = 500;
/** How lines look with which runners, compilers and interpreters begin to report a failure. */
const FAILURE =
  /^\s*(not ok\b|--- FAIL|FAIL(ED)?\b|✖|✗|✕|×|●|E {3}|=+ (FAILURES|ERRORS)|_{3,} .* _{3,}$|(FAIL|ERROR): |\[ERROR\]|Traceback|thread '.*' panicked|BUILD FAILED|\d+\) )|\b(error|Error|Exception|panic)(\[\w+\])?:|\berror TS\d+|: error\b|AssertionError|\d+:\d+ +error /;

/**
 * The part of an output that tells most about why it failed: from the first failure, and the end.
 * At most `maxBytes` of UTF-8, no control characters.
 */
export function tellingPart(output: string, maxBytes: number): string {
  const text = plainText(output).trim();
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const lines = text.split('\n');
  const first = lines.findIndex((line) => FAILURE.test(line.slice(0, MAX_LINE)));
  const room = maxBytes - 2 * (CUT.length + 4);
  if (first < 0) return `${CUT}\n${lastBytes(text, room)}`;
  const from = Math.max(0, first - LEAD);
  const rest = lines.slice(from).join('\n');
  const lead = from > 0 ? `${CUT}\n` : '';
  if (Buffer.byteLength(rest) <= room) return `${lead}${rest}`;
  const head = firstBytes(rest, Math.floor(room * 0.6));
  return `${lead}${head}\n${CUT}\n${lastBytes(rest, room - Buffer.byteLength(head))}`;
}

/** As much of the start as fits into the bytes, in whole lines where these are not too long. */
export function firstBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const part = Buffer.from(text)
    .subarray(0, Math.max(0, maxBytes))
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  const end = part.lastIndexOf('\n');
  return end > part.length / 2 ? part.slice(0, end) : part;
}

function lastBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const part = bytes
    .subarray(bytes.length - maxBytes)
    .toString('utf8')
    .replace(/^\ufffd+/, '');
  const start = part.indexOf('\n');
  return start >= 0 && start < part.length / 2 ? part.slice(start + 1) : part;
}
