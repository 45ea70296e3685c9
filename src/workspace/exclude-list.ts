import type { Git } from '../git/git.ts';
import { readFileAt } from '../git/read-file.ts';
import { flattenIgnoreFiles, type IgnoreFile } from './ignore-rules.ts';
import { neverCommitted } from './never-committed.ts';

/** More .gitignore files than this are not read: generated trees have thousands, and the outer ones decide. */
const MAX_IGNORE_FILES = 200;

/**
 * What never enters a commit, in gitignore syntax, as it stands in the base: our own list, then the repository's
 * .gitignore files. What the session writes has no say.
 */
export async function buildExcludeList(
  git: Git,
  base: { readonly mirror: string; readonly sha: string },
): Promise<string[]> {
  const listed = await git.run(['ls-tree', '-r', '-z', '--name-only', '--end-of-options', base.sha], {
    gitDir: base.mirror,
  });
  const paths = listed.toString('utf8').split('\0').filter(Boolean);
  const files: IgnoreFile[] = [];
  const ignorePaths = paths.filter((path) => path === '.gitignore' || path.endsWith('/.gitignore'));
  for (const path of ignorePaths.slice(0, MAX_IGNORE_FILES)) {
    const text = await readFileAt(git, base.mirror, { sha: base.sha, path });
    if (text !== undefined) files.push({ folder: path.slice(0, -'/.gitignore'.length), text });
  }
  return [...neverCommitted(foldersOf(paths)), ...flattenIgnoreFiles(files)];
}

function foldersOf(paths: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    let slash = path.lastIndexOf('/');
    while (slash > 0) {
      const folder = path.slice(0, slash);
      if (folders.has(folder)) break;
      folders.add(folder);
      slash = folder.lastIndexOf('/');
    }
  }
  return folders;
}
