/** Makes what the published package runs: the sources as JavaScript, and the workflows as one bundle beside them. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nodeRuntime } from './node-runtime.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

// what an earlier build left would be published as well
rmSync(`${root}dist`, { recursive: true, force: true });
run('node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json');
run('dist/workers/bundle.js', 'dist/workers/workflow-bundle.js');

function run(...args) {
  // stdout belongs to npm: `npm pack --json` runs this
  const done = spawnSync(nodeRuntime(), args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
