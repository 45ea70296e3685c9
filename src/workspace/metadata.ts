import { lstat, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { TaskFrame } from '../contract/activities.ts';

/** What we know of a laid workspace: written last, so that a workspace without it is not whole. */
const Metadata = z.object({
  taskId: z.string(),
  generation: z.number(),
  epoch: z.number(),
  branch: z.string(),
  baseSha: z.string(),
  /** The tree of all files once set-up had run: only what changed since then is the session's work. */
  baselineTree: z.string(),
});
export type Metadata = z.infer<typeof Metadata>;

export async function writeMetadata(trusted: string, metadata: Metadata): Promise<void> {
  const path = join(trusted, 'workspace.json');
  await writeFile(`${path}.new`, JSON.stringify(metadata));
  await rename(`${path}.new`, path);
}

/** The metadata of a whole workspace of this very run of the task; undefined where it is another's, broken or missing. */
export async function readMetadata(
  folders: { readonly trusted: string; readonly work: string },
  frame: TaskFrame,
): Promise<Metadata | undefined> {
  const text = await readFile(join(folders.trusted, 'workspace.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const work = await lstat(folders.work).catch(() => undefined);
  if (!work?.isDirectory()) return undefined;
  const parsed = parse(text);
  const same =
    parsed?.taskId === frame.id &&
    parsed.generation === frame.generation &&
    parsed.epoch === frame.epoch &&
    parsed.branch === frame.branch &&
    parsed.baseSha === frame.baseSha;
  return same ? parsed : undefined;
}

/** The metadata of a whole workspace, whosesoever it is; undefined where it was never laid to its end. */
export async function readAnyMetadata(trusted: string): Promise<Metadata | undefined> {
  const text = await readFile(join(trusted, 'workspace.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    // what cannot be read just now may be sound
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
  });
  return text === undefined ? undefined : parse(text);
}

function parse(text: string): Metadata | undefined {
  try {
    return Metadata.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
