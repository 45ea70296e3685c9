import type { Git } from './git.ts';

/** Larger files are not read as text: 1 MiB. */
const MAX_TEXT_BYTES = 1024 * 1024;

/** A file of a commit as text; undefined where there is none, it is no plain file, or it is larger than the cap. */
export async function readFileAt(
  git: Git,
  mirror: string,
  file: { readonly sha: string; readonly path: string; readonly maxBytes?: number },
): Promise<string | undefined> {
  const listed = await git.try(['ls-tree', '-z', '-l', '--end-of-options', file.sha, file.path], { gitDir: mirror });
  const entry = /^100(?:644|755|664) blob ([0-9a-f]+) +(\d+)\t/.exec(listed.stdout.toString('utf8'));
  if (!entry?.[1] || Number(entry[2]) > (file.maxBytes ?? MAX_TEXT_BYTES)) return undefined;
  return (await git.run(['cat-file', 'blob', entry[1]], { gitDir: mirror })).toString('utf8');
}
