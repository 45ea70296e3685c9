/** Records the histories that the workflow tests make as this version's, for the replay tests of all later ones. */
import { spawnSync } from 'node:child_process';

const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--selectProjects', 'workflow'];
const run = spawnSync(process.execPath, jest, { stdio: 'inherit', env: { ...process.env, TASKFLEET_RECORD: '1' } });
process.exit(run.status ?? 1);
