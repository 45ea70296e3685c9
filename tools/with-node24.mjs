/**
 * Runs the rest of the command line with the repository's own Node 24, whatever Node started this script.
 * In a clone the binary comes from the per-platform optional packages of tools/node-runtime.
 */
import { spawnSync } from 'node:child_process';
import { nodeRuntime } from './node-runtime.mjs';

const run = spawnSync(nodeRuntime(), ['--disable-warning=ExperimentalWarning', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
