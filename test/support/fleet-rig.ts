import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { freePort } from '../../demo/emulator/free-port.ts';
import { startEmulatedGithub } from '../../demo/emulator/start-emulated-github.ts';
import type { Script } from '../../demo/scripted-model/script.ts';
import { sendJson } from '../../demo/scripted-model/sse.ts';
import { startScriptedModel, type ScriptedModel } from '../../demo/scripted-model/server.ts';
import type { TaskResult } from '../../src/contract/task-result.ts';
import type { TaskStatus } from '../../src/contract/task-status.ts';
import { endProcesses } from '../../src/process/end-processes.ts';
import { listProcesses, type ProcessEntry } from '../../src/process/process-table.ts';
import { startProgram, type RunningProgram } from '../../src/supervisor/programs.ts';
import { connectClient } from '../../src/temporal/connect.ts';
import { resolveTemporal } from '../../src/temporal/resolve-temporal.ts';
import { testCacheDir } from './cache-dir.ts';
import { makeFolder } from './rig-folder.ts';
import { openRigForge, type RigForge } from './rig-forge.ts';
import { scriptOf, type Behaviour } from './rig-scripts.ts';

const BIN = fileURLToPath(new URL('../../bin/taskfleet.mjs', import.meta.url));
const READY_MS = 180_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FleetRigOptions {
  /** `owner/name` with the files of its first commit; the tiny package where none are given, no commit at all for null. */
  readonly repos: Readonly<Record<string, Readonly<Record<string, string>> | null | undefined>>;
  /** Laid over the rig's own configuration file. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly users?: Parameters<typeof startEmulatedGithub>[0]['users'];
  /** Do not start the fleet yet. */
  readonly down?: boolean;
}

/** A fleet as a user has it: `taskfleet up` with its processes, a forge and a model of its own, and the two command lines. */
export interface FleetRig {
  readonly dir: string;
  readonly dataDir: string;
  readonly forge: RigForge;
  readonly model: ScriptedModel;
  /** What fails each request to the model just now: a status, or undefined. */
  modelStatus: number | undefined;
  /** What every process of the rig gets. */
  readonly env: Record<string, string>;
  /** All lines of `taskfleet up`. */
  readonly lines: readonly string[];
  behave(...behaviours: Behaviour[]): void;
  /** Writes the configuration anew; what runs keeps what it read. */
  configure(config: Readonly<Record<string, unknown>>): void;
  up(env?: Readonly<Record<string, string>>): Promise<void>;
  down(): Promise<void>;
  taskfleet(args: readonly string[], more?: CommandOptions): Promise<Ended>;
  /** The same, parsed. */
  json<T>(args: readonly string[], more?: CommandOptions): Promise<T>;
  temporal(args: readonly string[]): Promise<Ended>;
  /** `temporal workflow start` with an input and nothing else; the id that Temporal gave it. */
  startByHand(input: string | object): Promise<string>;
  /** How a workflow ended, as `temporal workflow result` tells it. */
  resultOf(workflowId: string): Promise<{ ok: boolean; result: TaskResult | undefined; text: string }>;
  status(task: string): Promise<TaskStatus>;
  /** Waits until the task is in one of the states. */
  reaches(task: string, ...states: string[]): Promise<TaskStatus>;
  idOf(repo: string, issue: number): string;
  pids(role: string): number[];
  fleetPid(): number;
  serverPid(): number;
  /** Every process of a session or gate of the task. */
  sessionProcesses(task: string): ProcessEntry[];
  close(): Promise<void>;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

export async function startFleetRig(options: FleetRigOptions): Promise<FleetRig> {
  const dir = mkdtempSync(join(tmpdir(), 'taskfleet-rig-'));
  const dataDir = join(dir, 'data');
  const home = join(dir, 'home');
  const forgeDir = join(dir, 'forge');
  for (const folder of [dataDir, home, forgeDir]) mkdirSync(folder);
  const repos = Object.entries(options.repos).map(([repo, files]) => {
    const [owner = '', name = ''] = repo.split('/');
    if (files === null) return { owner, name };
    return { owner, name, from: makeFolder(join(dir, 'seeds', owner, name), files) };
  });
  const users = options.users && { users: options.users };
  const github = await startEmulatedGithub({ dir: forgeDir, repos, ...users });
  const scripts: Script[] = [];
  const model = await startScriptedModel({
    scripts,
    intercept({ path, response }) {
      if (rig.modelStatus === undefined || path !== '/v1/messages') return false;
      const error = { type: 'authentication_error', message: 'invalid x-api-key' };
      sendJson(response, rig.modelStatus, { type: 'error', error });
      return true;
    },
  });
  const gateway = `127.0.0.1:${await freePort()}`;
  const cacheDir = testCacheDir();
  const file = join(home, 'taskfleet.config.json');
  const own = {
    gateway: { listen: gateway, url: `http://${gateway}` },
    github: { apiUrl: github.apiUrl, webUrl: github.webUrl, gitUrl: github.gitUrl },
    claude: { baseUrl: model.url },
    host: { id: 'first', slots: 4 },
  };
  const configure = (config: Readonly<Record<string, unknown>>): void =>
    writeFileSync(file, JSON.stringify(merge(own, config)));
  configure(options.config ?? {});
  const mark = `rig-${process.pid}-${gateway}`;
  const env = {
    PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(':'),
    HOME: home,
    TASKFLEET_DATA_DIR: dataDir,
    TASKFLEET_CACHE_DIR: cacheDir,
    TASKFLEET_CONFIG: file,
    TASKFLEET_RIG: mark,
    GITHUB_TOKEN: github.token,
    ANTHROPIC_API_KEY: 'sk-ant-scripted',
  };
  const { path: temporalBinary } = await resolveTemporal({ cacheDir, env });
  const lines: string[] = [];
  let fleet: RunningProgram | undefined;

  const server = (): { address: string; pid: number } =>
    JSON.parse(readFileSync(join(dataDir, 'temporal', 'server.json'), 'utf8')) as { address: string; pid: number };
  /** By a question to the task itself: a command line each time would be what the machine is busy with. */
  const look = async (task: string): Promise<TaskStatus | undefined> => {
    try {
      const { client, close } = await connectClient({ address: server().address, namespace: 'default' }, 5_000);
      const deadline = Date.now() + 10_000;
      return await client
        .withDeadline(deadline, () => client.workflow.getHandle(task).query<TaskStatus>('status'))
        .finally(close);
    } catch {
      return undefined;
    }
  };
  const idOf = (repo: string, issue: number): string =>
    `task:${new URL(github.webUrl).host.replace(':', '-')}/${repo.toLowerCase()}#${issue}`;

  const rig: FleetRig = {
    dir,
    dataDir,
    forge: openRigForge(github, forgeDir),
    model,
    modelStatus: undefined,
    env,
    lines,
    behave: (...behaviours) => void scripts.push(...behaviours.map(scriptOf)),
    configure,
    async up(more = {}) {
      const from = lines.length;
      const started = startProgram({
        command: process.execPath,
        args: [BIN, 'up'],
        env: { ...env, ...more },
        cwd: home,
        onLine: (line) => lines.push(line),
      });
      fleet = started;
      let ended = false;
      void started.exited.then(() => (ended = true));
      await until(() => {
        if (ended) throw new Error(`the fleet ended:\n${lines.slice(from).join('\n')}`);
        return lines.slice(from).some((line) => line.includes('taskfleet is ready.'));
      }, READY_MS);
    },
    async down() {
      await fleet?.stop(20_000, 'SIGINT');
      fleet = undefined;
    },
    taskfleet: (args, more = {}) =>
      run(process.execPath, [BIN, ...args], { ...more, env: { ...env, ...more.env }, cwd: more.cwd ?? home }),
    async json<T>(args: readonly string[], more?: CommandOptions) {
      const { code, stdout, stderr } = await rig.taskfleet([...args, '--json'], more);
      try {
        return JSON.parse(stdout) as T;
      } catch {
        throw new Error(`taskfleet ${args.join(' ')} exits ${code} with no JSON: ${stdout}\n${stderr}`);
      }
    },
    temporal: (args) =>
      run(temporalBinary, [...args, '--address', server().address], {
        env: { PATH: env.PATH, HOME: home, NO_COLOR: '1' },
        cwd: home,
      }),
    async startByHand(input) {
      const text = typeof input === 'string' ? input : JSON.stringify(input);
      const { code, stdout, stderr } = await rig.temporal([
        ...['workflow', 'start', '--type', 'task', '--task-queue', 'taskfleet', '--input', text, '--output', 'json'],
      ]);
      if (code !== 0) throw new Error(`temporal workflow start: ${stderr}`);
      return (JSON.parse(stdout) as { workflowId: string }).workflowId;
    },
    async resultOf(workflowId) {
      const { stdout, stderr } = await rig.temporal([
        ...['workflow', 'result', '--workflow-id', workflowId, '--output', 'json'],
      ]);
      const found = JSON.parse(stdout) as { status: string; result?: TaskResult };
      return { ok: found.status === 'COMPLETED', result: found.result, text: `${stdout}${stderr}` };
    },
    async status(task) {
      const found = await look(task);
      if (!found) throw new Error(`no answer from ${task}`);
      return found;
    },
    async reaches(task, ...states) {
      let last: TaskStatus | undefined;
      await until(async () => {
        last = (await look(task)) ?? last;
        if (last === undefined || states.includes(last.state)) return last !== undefined;
        if (last.endedAt !== null) throw new Error(`${task} is ${last.state}: ${last.reason}`);
        return false;
      }, 180_000).catch((error: unknown) => {
        throw new Error(`${String(error)}; ${task} is ${last?.state}, not ${states.join(' or ')}`);
      });
      return last as TaskStatus;
    },
    idOf,
    pids: (role) =>
      [...listProcesses()]
        .filter((one) => one.parent === fleet?.pid && commandOf(one.pid).at(-1) === role)
        .map(({ pid }) => pid),
    fleetPid: () => fleet?.pid ?? 0,
    serverPid: () => server().pid,
    sessionProcesses: (task) => {
      const name = encodeURIComponent(task.replace(/^task:/, '').replace(/[^A-Za-z0-9.]+/g, '-'));
      // the folder alone would miss what detached itself, the environment what cleared it
      return [...listProcesses()].filter((one) =>
        new RegExp(`\\0TASKFLEET_TREE=[^\\0]*${name}`).test(one.environment()),
      );
    },
    async close() {
      await rig.down();
      const entry = `TASKFLEET_RIG=${mark}\0`;
      const matches = (one: ProcessEntry): boolean => one.environment().includes(entry);
      await endProcesses({ matches, roots: new Set(), wrappers: new Set() }, 'SIGTERM');
      await model.close();
      await github.close();
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  if (!options.down) await rig.up();
  return rig;
}

export async function until(isSo: () => boolean | Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A process's command line; empty when it is gone. */
export function commandOf(pid: number): string[] {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, 'utf8').split('\0').slice(0, -1) : [];
}

function run(
  command: string,
  args: readonly string[],
  more: { env: Readonly<Record<string, string>>; cwd: string; stdin?: string },
): Promise<Ended> {
  const child = spawn(command, [...args], { env: { ...more.env }, cwd: more.cwd });
  child.stdin.end(more.stdin ?? '');
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

function merge(base: Record<string, unknown>, over: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const before = merged[name];
    merged[name] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
