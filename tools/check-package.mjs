/**
 * Proves the published package: packs it, installs the tarball into an empty folder with an empty home, and uses it
 * there as a stranger would. Prints what it checked; ends with 1 at the first thing that is not so.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runtimePackage } from './node-runtime.mjs';

const READY_MS = 120_000;
const ALLOWED =
  /^package\/(bin\/taskfleet\.mjs|(dist|prompts|deploy\/systemd)\/.+|deploy\/runbook\.md|docs\/configuration\.md|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
const NEEDED = ['bin/taskfleet.mjs', 'dist/src/cli/main.js', 'dist/workers/main.js', 'dist/workers/workflow-bundle.js'];

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const [, oldest] = /^>=(\d+\.\d+)$/.exec(manifest.engines.node) ?? [];
const work = realpathSync(mkdtempSync(join(tmpdir(), 'taskfleet-package-')));
const place = { home: join(work, 'home'), project: join(work, 'project'), nodes: join(work, 'nodes') };
for (const folder of Object.values(place)) mkdirSync(folder);

try {
  const tarball = pack();
  checkContents(tarball);
  install(tarball);
  checkInstalled();
  checkCommands('this Node', process.execPath);
  const oldestNode = fetchNode(`${oldest}.0`);
  checkCommands(`Node ${oldest}, the oldest that is promised`, oldestNode);
  checkRefusal(fetchNode('20'));
  await checkFleet(oldestNode);
  console.log('the package is sound');
} catch (error) {
  console.error(`the package is NOT sound: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}

function pack() {
  run('npm', ['pack', '--pack-destination', work], { cwd: root, env: process.env });
  const [name] = readdirSync(work).filter((one) => one.endsWith('.tgz'));
  passed(`npm pack makes ${name}`);
  return join(work, name);
}

function checkContents(tarball) {
  const files = run('tar', ['-tzf', tarball]).stdout.trim().split('\n');
  const strange = files.filter((file) => !ALLOWED.test(file) || /\.test\.|\.ts$|\.map$/.test(file));
  if (strange.length > 0) throw new Error(`the tarball holds ${strange.slice(0, 10).join(', ')}`);
  const missing = NEEDED.filter((file) => !files.includes(`package/${file}`));
  if (missing.length > 0) throw new Error(`the tarball lacks ${missing.join(', ')}`);
  passed(`it holds ${files.length} files: program, prompts, documents, and neither sources nor tests nor tools`);
}

function install(tarball) {
  // where the machine gets its packages, and what it has of them already
  const settings = ['registry', 'cache', 'proxy', 'https-proxy', 'noproxy', 'cafile'];
  const asked = settings.map((name) => {
    const { stdout } = spawnSync('npm', ['config', 'get', name], { cwd: root, encoding: 'utf8' });
    return [`npm_config_${name.replaceAll('-', '_')}`, stdout.trim()];
  });
  place.npm = Object.fromEntries(asked.filter(([, value]) => !['', 'null', 'undefined'].includes(value)));
  run('npm', ['init', '--yes'], { cwd: place.project });
  run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: place.project });
  passed('it installs into an empty folder, with an empty home');
}

function checkInstalled() {
  const lock = JSON.parse(readFileSync(join(place.project, 'node_modules/.package-lock.json'), 'utf8'));
  const present = Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1));
  const tools = [
    'typescript',
    'jest',
    'eslint',
    'prettier',
    'emulate',
    '@temporalio/testing',
    '@taskfleet/node-runtime',
  ];
  const leaked = present.filter((name) => tools.includes(name) || name === runtimePackage());
  if (leaked.length > 0) throw new Error(`it brings what only development needs: ${leaked.join(', ')}`);
  passed(`it brings ${present.length} packages, and nothing that only development needs`);
}

/** The bin is started by name, with the Node that comes first on PATH. */
function checkCommands(which, node) {
  const env = environment(node);
  const bin = (...args) => run(join(place.project, 'node_modules/.bin/taskfleet'), args, { cwd: place.project, env });
  const version = bin('--version').stdout.trim();
  if (version !== manifest.version) throw new Error(`with ${which} --version says '${version}'`);
  if (!bin('--help').stdout.includes('Usage: taskfleet')) throw new Error(`with ${which} --help says nothing of use`);
  const doctor = spawnSync(join(place.project, 'node_modules/.bin/taskfleet'), ['doctor', '--json'], {
    cwd: place.project,
    env,
    encoding: 'utf8',
  });
  const { checks } = JSON.parse(doctor.stdout);
  const verdict = (name) => checks.find((check) => check.name === name)?.verdict;
  for (const name of ['node', 'git', 'claude']) {
    if (verdict(name) !== 'ok') throw new Error(`with ${which} doctor says of ${name}: ${JSON.stringify(checks)}`);
  }
  // there is no key here: that, and that alone, it must find missing
  if (doctor.status !== 1 || verdict('model key') !== 'missing') throw new Error('doctor does not miss the key');
  passed(`with ${which} --version, --help and doctor --json do what they should`);
}

function checkRefusal(node) {
  const bin = join(place.project, 'node_modules/.bin/taskfleet');
  const refused = spawnSync(bin, ['--version'], { env: environment(node), encoding: 'utf8' });
  const said = `${refused.stdout}${refused.stderr}`;
  if (refused.status !== 1 || !said.includes(`needs Node ${oldest}`)) {
    throw new Error(`Node 20 is not refused as it should be: ${refused.status} ${said}`);
  }
  passed(`Node 20 is refused: ${said.trim()}`);
}

/** Ready means that the coordinator runs the bundled workflows and a host found Claude Code. */
async function checkFleet(node) {
  const npx = ['--no-install', 'taskfleet', 'up'];
  const cache =
    process.env.TASKFLEET_CACHE_DIR || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'taskfleet');
  const env = { ...environment(node), TASKFLEET_CACHE_DIR: cache, TASKFLEET_GATEWAY_LISTEN: '127.0.0.1:0' };
  const up = spawn('npx', npx, { cwd: place.project, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  const ready = new Promise((resolve, reject) => {
    for (const stream of [up.stdout, up.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (said.includes('taskfleet is ready.')) resolve();
      });
    }
    up.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said.slice(-2_000)}`)));
    setTimeout(() => reject(new Error(`it was not ready in time: ${said.slice(-2_000)}`)), READY_MS).unref();
  });
  const ended = new Promise((resolve) => up.once('exit', resolve));
  try {
    await ready;
    passed(`with Node ${oldest} taskfleet up becomes ready`);
  } finally {
    // as Ctrl-C at a terminal does: to everything in front of it
    if (up.exitCode === null) process.kill(-up.pid, 'SIGINT');
    await ended;
  }
  const data = join(place.home, '.local/share/taskfleet');
  if (!existsSync(join(data, 'ledger.db'))) throw new Error(`its data is not in ${data}`);
  passed('it ends on Ctrl-C, and kept its data below the home');
}

/** A Node of that version, from npm: it needs no installation and changes nothing on the machine. */
function fetchNode(version) {
  const name = runtimePackage();
  if (!name) throw new Error(`there is no package with Node for ${process.platform} ${process.arch}`);
  const folder = join(place.nodes, version);
  mkdirSync(folder);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${version}`], { cwd: folder });
  return join(folder, 'node_modules', name, 'bin', 'node');
}

/** The machine's ways to the network, and nothing of its user's settings: no home, no keys, nothing of npm's own run. */
function environment(node) {
  const own = /^(TASKFLEET|TEMPORAL|ANTHROPIC|CLAUDE|GITHUB|GH|GATEWAY|XDG|NODE_OPTIONS|LOG_LEVEL)/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name) && !/^npm_/i.test(name));
  const { PATH, ...rest } = Object.fromEntries(kept);
  return { ...rest, PATH: `${dirname(node)}:${PATH}`, HOME: place.home, ...place.npm };
}

function run(command, args, { cwd = work, env = environment(process.execPath) } = {}) {
  const done = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (done.status === 0) return done;
  const said = done.error?.message ?? `${done.stdout}${done.stderr}`.slice(-3_000);
  throw new Error(`${command} ${args.join(' ')} ended with ${done.status}: ${said}`);
}

function passed(what) {
  console.log(`ok  ${what}`);
}
