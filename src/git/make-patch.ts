import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';

/** The commit as a mail that `git am` takes; bytes, since file contents need not be UTF-8. */
export async function makePatch(
  git: Git,
  change: { readonly mirror: string; readonly sha: string; readonly signal?: AbortSignal | undefined },
): Promise<Buffer> {
  const folder = await mkdtemp(join(change.mirror, 'patch-'));
  try {
    await git.run(
      [
        ...[
          'format-patch',
          '--quiet',
          '-1',
          '--binary',
          '--full-index',
          '--no-renames',
          '--no-ext-diff',
          '--no-textconv',
        ],
        ...['-o', folder, '--end-of-options', change.sha],
      ],
      { gitDir: change.mirror, signal: change.signal },
    );
    const [name] = await readdir(folder);
    return await readFile(join(folder, name as string));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
