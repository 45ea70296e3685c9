import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The path of a file of this package: above the sources, or two steps above what was compiled. */
export function packageFile(path: string): string {
  const above = new URL(`../${path}`, import.meta.url);
  return fileURLToPath(existsSync(above) ? above : new URL(`../../${path}`, import.meta.url));
}
