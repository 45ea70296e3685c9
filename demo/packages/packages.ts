import type { Environment } from '../demo-settings.ts';
import { hasPython } from '../preflight.ts';
import type { DemoPackage } from './demo-package.ts';
import { deepEqual } from './deep-equal.ts';
import { minimist } from './minimist.ts';
import { mistune } from './mistune.ts';
import { pathParse } from './path-parse.ts';

/** The three packages that the demo shows on this machine, and what a person must know about the choice. */
export async function choosePackages(
  env: Environment,
): Promise<{ readonly packages: readonly DemoPackage[]; readonly notes: readonly string[] }> {
  if (await hasPython(env)) return { packages: [minimist, mistune, deepEqual], notes: [] };
  return {
    packages: [minimist, pathParse, deepEqual],
    notes: ['There is no Python 3 with pip here: path-parse (npm) stands in for mistune (PyPI).'],
  };
}
