import { rm } from 'node:fs/promises';
import type { Git } from '../git/git.ts';

const ABSENT = '0'.repeat(40);

/**
 * The tree that comes of applying what changed between two trees to a third, file by file:
 * a path that changed is as it is in `to`, all others are as they are in `onto`.
 */
export async function transplant(
  git: Git,
  trees: {
    readonly mirror: string;
    readonly from: string;
    readonly to: string;
    readonly onto: string;
    /** Where a temporary index may be written. */
    readonly scratchIndex: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<string> {
  const call = { gitDir: trees.mirror, indexFile: trees.scratchIndex, signal: trees.signal };
  try {
    const raw = await git.run(
      ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--no-ext-diff', trees.from, trees.to],
      call,
    );
    await git.run(['read-tree', trees.onto], call);
    const entries = indexEntries(raw);
    if (entries.length > 0) await git.run(['update-index', '-z', '--index-info'], { ...call, stdin: entries });
    return (await git.run(['write-tree'], call)).toString().trim();
  } finally {
    await rm(trees.scratchIndex, { force: true });
    await rm(`${trees.scratchIndex}.lock`, { force: true });
  }
}

/** `:100644 100755 <old> <new> M\0path\0` → `100755 <new>\tpath\0`; a removed path has mode 0. */
function indexEntries(raw: Buffer): Buffer {
  // latin1 maps each byte to one character and back: file names need not be UTF-8
  const fields = raw.toString('latin1').split('\0');
  const removed: string[] = [];
  const written: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = '', , sha = ''] = (fields[at] ?? '').slice(1).split(' ');
    const path = fields[at + 1] ?? '';
    if (mode === '000000') removed.push(`0 ${ABSENT}\t${path}\0`);
    else written.push(`${mode} ${sha}\t${path}\0`);
  }
  // removals first: a file may have become a folder of the same name
  return Buffer.from([...removed, ...written].join(''), 'latin1');
}
