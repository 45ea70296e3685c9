/**
 * What `npm run demo` and `npm test` do first: dependencies where they are missing or stale, the clone's own Node,
 * and with --tests Temporal's binary and its time-skipping test server. Plain JavaScript for any Node from 18 on.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { provisionTestServer } from './time-skipping-server/provision.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.taskfleet-setup`;

installDependencies();
await verifyRuntime();
if (process.argv.includes('--tests')) {
  provisionTestServer({ say, run });
  resolveTemporal();
}

/** `npm ci` once for each state of the lock file: a stamp in node_modules says which one it is made of. */
function installDependencies() {
  const wanted = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  // installed by hand: npm's own copy of the lock file says what is there
  if (!existsSync(stamp) && isInstalled()) return writeStamp(wanted);
  say('installing dependencies (npm ci) …');
  // npm started us and set the variables of its own run: the folder alone must decide
  run('npm', ['ci', '--no-audit', '--no-fund'], 'the dependencies could not be installed: see above what npm says');
  writeStamp(wanted);
}

function isInstalled() {
  const read = (path) => JSON.parse(readFileSync(`${root}${path}`, 'utf8')).packages ?? {};
  if (!existsSync(`${root}node_modules/.package-lock.json`)) return false;
  const [wanted, present] = [read('package-lock.json'), read('node_modules/.package-lock.json')];
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/') || optional || link) return true;
    return present[path]?.version === version;
  });
}

function writeStamp(text) {
  mkdirSync(`${root}node_modules`, { recursive: true });
  writeFileSync(`${stamp}.${process.pid}`, text);
  renameSync(`${stamp}.${process.pid}`, stamp);
}

async function verifyRuntime() {
  // imported only now: it looks into node_modules
  const { isRecentEnough, nodeRuntime } = await import('./node-runtime.mjs');
  try {
    const asked = spawnSync(nodeRuntime(), ['--version'], { encoding: 'utf8' });
    const version = (asked.stdout ?? '').trim();
    if (asked.status === 0 && isRecentEnough(version)) return;
    rmSync(stamp, { force: true });
    fail(`the clone's own Node does not work here (${asked.error?.message ?? (version || asked.stderr.trim())})`);
  } catch (error) {
    rmSync(stamp, { force: true });
    fail(error.message);
  }
}

function resolveTemporal() {
  const main = `${root}src/temporal/resolve-temporal-main.ts`;
  const what = 'Temporal could not be found, downloaded or built: see above';
  run(process.execPath, [`${root}tools/with-node24.mjs`, main], what, ['ignore', 'ignore', 'inherit']);
}

/** Output goes to stderr: with --json, stdout belongs to the program that comes after. */
function run(command, args, failure, stdio = ['ignore', 2, 2]) {
  const done = spawnSync(command, args, { cwd: root, stdio });
  if (done.error?.code === 'ENOENT') fail(`'${command}' is not installed, or not on PATH`);
  if (done.status !== 0) fail(failure);
}

function say(text) {
  process.stderr.write(`taskfleet setup: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
