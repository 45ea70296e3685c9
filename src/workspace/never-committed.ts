import { escapePattern } from './ignore-rules.ts';

/** Build output, or sources that somebody named so: the name alone does not tell. */
export const AMBIGUOUS_FOLDERS: readonly string[] = ['target', 'dist', 'build', 'out', 'coverage'];

/** What dependencies, caches and builds leave behind, in most languages. */
const FOLDERS = [
  'node_modules',
  'bower_components',
  '.venv',
  'venv',
  '__pycache__',
  '.tox',
  '.nox',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.hypothesis',
  '.eggs',
  ...AMBIGUOUS_FOLDERS,
  'htmlcov',
  '.nyc_output',
  '.gradle',
  '.next',
  '.nuxt',
  '.turbo',
  '.parcel-cache',
  '.svelte-kit',
  '.cache',
  '.terraform',
];
const FOLDER_ENDINGS = ['.egg-info'];
const FILES = ['*.pyc', '*.pyo', '.DS_Store', 'Thumbs.db', '.coverage', '.eslintcache', '*.tsbuildinfo', '*.swp'];
/** These are also left as symbolic links, by tools that share one folder. */
const LINKED = ['node_modules', '.venv', 'venv'];

/**
 * Patterns of what never enters a commit, with or without a .gitignore.
 * A folder of such a name that the base tracks is the repository's own and is taken out again.
 */
export function neverCommitted(trackedFolders: Iterable<string>): string[] {
  const own: string[] = [];
  for (const folder of trackedFolders) {
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    if (FOLDERS.includes(name) || FOLDER_ENDINGS.some((ending) => name.endsWith(ending))) {
      own.push(`!/${escapePattern(folder)}/`);
    }
  }
  return [
    ...FOLDERS.map((name) => `${name}/`),
    ...FOLDER_ENDINGS.map((ending) => `*${ending}/`),
    ...LINKED,
    ...FILES,
    ...own.sort(),
  ];
}
