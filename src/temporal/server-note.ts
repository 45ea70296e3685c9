import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What is written down of a running embedded server, so that a later process finds it again. */
export const ServerNote = z.object({
  pid: z.int().positive(),
  mark: z.string().nullable(),
  address: z.string(),
  uiUrl: z.string().nullable(),
  logFile: z.string(),
});
export type ServerNote = z.infer<typeof ServerNote>;

/** The note of the folder; undefined when there is none or when it cannot be read. */
export async function readServerNote(folder: string): Promise<ServerNote | undefined> {
  try {
    return ServerNote.parse(JSON.parse(await readFile(noteFile(folder), 'utf8')));
  } catch {
    return undefined;
  }
}

export async function writeServerNote(folder: string, note: ServerNote): Promise<void> {
  const draft = `${noteFile(folder)}.${process.pid}`;
  await writeFile(draft, JSON.stringify(note), { mode: 0o600 });
  await rename(draft, noteFile(folder));
}

export async function removeServerNote(folder: string): Promise<void> {
  await rm(noteFile(folder), { force: true });
}

function noteFile(folder: string): string {
  return join(folder, 'server.json');
}
