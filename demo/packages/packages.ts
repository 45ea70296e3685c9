import type { DemoPackage } from './demo-package.ts';
import { deepEqual } from './deep-equal.ts';
import { minimist } from './minimist.ts';
import { mistune } from './mistune.ts';

/** The packages that the demo can show. */
export const PACKAGES: readonly DemoPackage[] = [minimist, mistune, deepEqual];
