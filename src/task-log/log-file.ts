import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { workspaceKey } from '../domain/naming.ts';

/** What is no longer there, counted from the log's very first byte. */
const Dropped = z.object({ bytes: z.int().min(0), lines: z.int().min(0) });
type Dropped = z.infer<typeof Dropped>;

/** Where the bytes of a task's log are now: positions count from the first byte that was ever written. */
export interface LogLayout {
  readonly dropped: Dropped;
  /** In reading order; the older one is not there before the first rotation. */
  readonly files: readonly { readonly path: string; readonly start: number; readonly end: number }[];
}

/**
 * The files of one task's log: `<name>.ndjson` grows, `<name>.older.ndjson` is what it was before the last rotation,
 * `<name>.dropped.json` counts what was thrown away. All calls for one task must come one after the other.
 */
export interface LogFile {
  append(lines: string): Promise<void>;
  layout(): Promise<LogLayout>;
}

/** The name carries a digest of the task's id, as two ids may look the same once they are safe for a folder. */
export function openLogFile(folder: string, options: { readonly taskId: string; readonly maxBytes: number }): LogFile {
  const digest = createHash('sha256').update(options.taskId).digest('hex').slice(0, 12);
  const base = join(folder, `${workspaceKey(options.taskId)}-${digest}`);
  const current = `${base}.ndjson`;
  const older = `${base}.older.ndjson`;
  const count = `${base}.dropped.json`;

  const rotate = async (): Promise<void> => {
    const size = await sizeOf(older);
    if (size > 0) {
      const dropped = await readDropped(count);
      const next: Dropped = { bytes: dropped.bytes + size, lines: dropped.lines + (await countLines(older)) };
      await writeFile(`${count}.new`, JSON.stringify(next), { mode: 0o600 });
      await rename(`${count}.new`, count);
    }
    await rename(current, older);
  };

  return {
    async append(lines) {
      if ((await sizeOf(current)) >= options.maxBytes / 2) await rotate();
      const file = await open(current, 'a+', 0o600);
      try {
        // a crash may have cut the last line short: the next one must not be glued to it
        await file.appendFile((await endsInLine(file)) ? lines : `\n${lines}`);
      } finally {
        await file.close();
      }
    },
    async layout() {
      const dropped = await readDropped(count);
      const middle = dropped.bytes + (await sizeOf(older));
      const end = middle + (await sizeOf(current));
      const files = [
        { path: older, start: dropped.bytes, end: middle },
        { path: current, start: middle, end },
      ];
      return { dropped, files: files.filter((file) => file.end > file.start) };
    },
  };
}

async function endsInLine(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

async function countLines(path: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (const byte of chunk) if (byte === 0x0a) lines += 1;
  }
  return lines;
}

async function readDropped(path: string): Promise<Dropped> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text ? Dropped.parse(JSON.parse(text)) : { bytes: 0, lines: 0 };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}
