import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Check } from '../output/render-checks.ts';

const DISK_WANTED_GB = 5;

/** Where data and cache are, or will be, whether they can be written, and how much room there is. Makes nothing. */
export function checkFolders(settings: { readonly dataDir: string; readonly cacheDir: string }): Check[] {
  return [
    checkFolder('data folder', settings.dataDir, 'dataDir (TASKFLEET_DATA_DIR)'),
    checkFolder('cache folder', settings.cacheDir, 'cacheDir (TASKFLEET_CACHE_DIR)'),
    checkDisk(settings.dataDir),
  ];
}

function checkFolder(name: string, path: string, setting: string): Check {
  const check = { name, required: true };
  const there = nearest(path);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
    return { ...check, verdict: 'ok', found: there === path ? path : `${path} (made when it is needed)` };
  } catch {
    const mend = `give this user the right to write there, or set ${setting} to another folder`;
    return { ...check, verdict: 'missing', found: `${path}: ${there} cannot be written`, mend };
  }
}

function checkDisk(dataDir: string): Check {
  const folder = nearest(dataDir);
  const { bavail, bsize } = statfsSync(folder);
  const freeGb = (bavail * bsize) / 1024 ** 3;
  const check = { name: 'disk', required: false, found: `${freeGb.toFixed(1)} GB free at ${folder}` };
  if (freeGb >= DISK_WANTED_GB) return { ...check, verdict: 'ok' };
  const mend = `free some space, or set dataDir; ${DISK_WANTED_GB} GB are comfortable`;
  return { ...check, verdict: 'warning', mend };
}

/** The path, or of its parents the first that is there: the rest is made when it is needed. */
function nearest(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
