/** A `.gitignore` of the base commit. */
export interface IgnoreFile {
  /** Its folder, without slashes at the ends; empty for the root. */
  readonly folder: string;
  readonly text: string;
}

/** The rules of many `.gitignore` files as one list that holds at the root, outer folders first. */
export function flattenIgnoreFiles(files: readonly IgnoreFile[]): string[] {
  const outerFirst = [...files].sort((a, b) => depth(a.folder) - depth(b.folder));
  return outerFirst.flatMap((file) => file.text.split(/\r?\n/).flatMap((line) => anchor(line, file.folder)));
}

function depth(folder: string): number {
  return folder === '' ? 0 : folder.split('/').length;
}

function anchor(line: string, folder: string): string[] {
  if (line.trim() === '' || line.startsWith('#')) return [];
  if (folder === '') return [line];
  const negated = line.startsWith('!');
  const pattern = negated ? line.slice(1) : line;
  const below = `/${escapePattern(folder)}`;
  // a slash before the end ties a pattern to its folder; without one it holds at any depth
  const tied = pattern.replace(/\/\s*$/, '').includes('/');
  const whole = tied ? `${below}/${pattern.replace(/^\//, '')}` : `${below}/**/${pattern}`;
  return [negated ? `!${whole}` : whole];
}

/** A path as a pattern that means exactly this path. */
export function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]! #]/g, '\\$&');
}
