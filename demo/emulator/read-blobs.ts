import { runGit } from './run-git.ts';

/** The contents of many blobs by one program call. */
export async function readBlobs(gitDir: string, shas: readonly string[]): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  if (shas.length === 0) return contents;
  const output = await runGit(gitDir, ['cat-file', '--batch'], `${shas.join('\n')}\n`);
  let at = 0;
  for (const sha of shas) {
    const end = output.indexOf('\n', at);
    const size = Number(output.subarray(at, end).toString().split(' ')[2]);
    if (!Number.isInteger(size)) throw new Error(`there is no blob ${sha}`);
    contents.set(sha, output.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return contents;
}
