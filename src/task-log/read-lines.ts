import { open } from 'node:fs/promises';
import { LogEntry } from '../contract/log-entry.ts';
import type { LogLayout } from './log-file.ts';

/** An entry, and the position in the log just behind it: reading from there gives the next one. */
export interface Positioned {
  readonly entry: LogEntry;
  readonly position: number;
}

type Opened = Awaited<ReturnType<typeof open>>;

/** A stretch of the log that stays readable whatever is rotated meanwhile: its files are open. */
export interface LogStretch {
  readonly dropped: LogLayout['dropped'];
  readonly end: number;
  entries(from: number): AsyncGenerator<Positioned>;
  /** The position from which the last lines of that number come, or the first one that is left. */
  seekTail(lines: number): Promise<number>;
  /** Closing twice is closing once. */
  close(): Promise<void>;
}

const CHUNK_BYTES = 64 * 1024;

/** Opens the files of a layout. Must happen in the task's turn, so that none is rotated away in between. */
export async function openStretch(layout: LogLayout): Promise<LogStretch> {
  const files: { file: Opened; start: number; end: number }[] = [];
  for (const { path, start, end } of layout.files) files.push({ file: await open(path), start, end });
  return {
    dropped: layout.dropped,
    end: files.at(-1)?.end ?? layout.dropped.bytes,
    async *entries(from) {
      for (const part of files) {
        if (part.end <= from) continue;
        yield* readEntries(part, Math.max(from, part.start));
      }
    },
    async seekTail(lines) {
      let left = lines;
      for (const part of files.toReversed()) {
        const found = await seekLines(part, left);
        if (found.left === 0) return found.position;
        left = found.left;
      }
      return layout.dropped.bytes;
    },
    async close() {
      for (const { file } of files.splice(0)) await file.close();
    },
  };
}

/** Whole lines only: what a crash cut short, or what is no entry, is passed over. */
async function* readEntries(
  part: { readonly file: Opened; readonly start: number; readonly end: number },
  from: number,
): AsyncGenerator<Positioned> {
  let rest = Buffer.alloc(0);
  let position = from;
  for (let at = from; at < part.end;) {
    const length = Math.min(CHUNK_BYTES, part.end - at);
    const { bytesRead, buffer } = await part.file.read(Buffer.alloc(length), 0, length, at - part.start);
    if (bytesRead === 0) return;
    at += bytesRead;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let lineStart = 0;
    for (let lineEnd = rest.indexOf(0x0a); lineEnd >= 0; lineEnd = rest.indexOf(0x0a, lineStart)) {
      position += lineEnd + 1 - lineStart;
      const entry = parseEntry(rest.toString('utf8', lineStart, lineEnd));
      lineStart = lineEnd + 1;
      if (entry) yield { entry, position };
    }
    rest = rest.subarray(lineStart);
  }
}

function parseEntry(line: string): LogEntry | undefined {
  try {
    return LogEntry.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Looks for the start of the last lines, from the end backwards; says how many of them are not in this file. */
async function seekLines(
  part: { readonly file: Opened; readonly start: number; readonly end: number },
  lines: number,
): Promise<{ position: number; left: number }> {
  if (lines === 0) return { position: part.end, left: 0 };
  let seen = 0;
  const size = part.end - part.start;
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { buffer } = await part.file.read(Buffer.alloc(end - start), 0, end - start, start);
    for (let index = end - start - 1; index >= 0; index -= 1) {
      // the newline at the very end closes the last line, each one before it starts one
      if (buffer[index] !== 0x0a || start + index === size - 1) continue;
      seen += 1;
      if (seen === lines) return { position: part.start + start + index + 1, left: 0 };
    }
    end = start;
  }
  // the file's first line has no newline before it
  seen += 1;
  return { position: part.start, left: Math.max(0, lines - seen) };
}
