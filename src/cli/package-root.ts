import { existsSync } from 'node:fs';

/** The folder of the package, as a URL that ends in a slash: two steps up from the sources, three from what was compiled. */
export function packageRoot(): URL {
  const up = new URL('../../', import.meta.url);
  return existsSync(new URL('package.json', up)) ? up : new URL('../', up);
}

/** Whether this runs from a clone of the repository, not from the published package. */
export function isClone(): boolean {
  return existsSync(new URL('src/cli/main.ts', packageRoot()));
}
