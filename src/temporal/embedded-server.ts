import { mkdir, rename, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { waitForProcessLock } from '../supervisor/process-lock.ts';
import { identityOf, isAlive } from '../supervisor/process-identity.ts';
import { startProgram } from '../supervisor/programs.ts';
import type { ProgramSpec, RunningProgram } from '../supervisor/programs.ts';
import { choosePorts } from './choose-ports.ts';
import type { ServerPorts } from './choose-ports.ts';
import { connectClient, isReachable } from './connect.ts';
import { ensureRetention } from './retention.ts';
import { ensureSearchAttributes } from './search-attributes.ts';
import { readServerNote, removeServerNote, writeServerNote } from './server-note.ts';
import type { ServerNote } from './server-note.ts';

const READY_MS = 60_000;
const ATTEMPTS = 3;
const LOG_LIMIT_BYTES = 20 * 1024 * 1024;
const STOP_GRACE_MS = 5_000;

export interface EmbeddedServerOptions {
  /** The `temporal` binary. */
  readonly executable: string;
  /** The server's database, log and note live in `<dataDir>/temporal`. */
  readonly dataDir: string;
  readonly namespace: string;
  readonly retentionDays: number;
  /** The front-end's port when it is free; the Web UI's is 1000 above. */
  readonly port: number;
  /** No Web UI. */
  readonly headless?: boolean;
  readonly env: ProgramSpec['env'];
  /** Ends the start: what was started is ended again, and the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface EmbeddedServer {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  readonly uiUrl: string | null;
  readonly pid: number;
  readonly logFile: string;
  /** It ran already: an earlier process of ours started it and was killed. */
  readonly reused: boolean;
  /** Resolves when the server has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends the server; workflows go on when one is started on the same data again. */
  stop(): Promise<void>;
}

/**
 * Starts Temporal's development server on data that lasts, ready for taskfleet: search attributes, retention, fairness.
 * Finds and reuses one that an earlier process left behind on the same data. Throws `ConfigError` with the end of its log.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const folder = join(options.dataDir, 'temporal');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const timeout = AbortSignal.timeout(READY_MS);
  const patience = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const lock = await waitForProcessLock(join(folder, 'start.lock'), patience);
  try {
    const earlier = await readServerNote(folder);
    const reused = earlier && (await takeOver(earlier, options));
    const server = reused ?? (await startNew(folder, options, earlier));
    await makeReady(server.address, options);
    return server;
  } finally {
    lock.release();
  }
}

async function takeOver(note: ServerNote, options: EmbeddedServerOptions): Promise<EmbeddedServer | undefined> {
  if (!isAlive(note)) return undefined;
  const answers = await isReachable({ address: note.address, namespace: options.namespace }, 5_000);
  const fits = options.headless === true || note.uiUrl !== null;
  const stop = () => endByNote(note);
  if (!answers || !fits) {
    await stop();
    return undefined;
  }
  const { address, uiUrl, pid, logFile } = note;
  return { address, uiUrl, pid, logFile, reused: true, ended: endOf(note), stop };
}

async function startNew(folder: string, options: EmbeddedServerOptions, earlier?: ServerNote): Promise<EmbeddedServer> {
  const logFile = join(folder, 'server.log');
  await rotate(logFile);
  const earlierPort = Number(earlier?.address.split(':')[1]);
  let failure: unknown;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const wished = attempt > 1 ? [] : [options.port, ...(earlierPort > 0 ? [earlierPort] : [])];
    const ports = await choosePorts(wished);
    const program = startProgram({
      command: options.executable,
      args: serverArguments(folder, ports, options),
      env: serverEnvironment(options.env),
      logFile,
    });
    try {
      return await whenReady(program, {
        folder,
        logFile,
        ports,
        headless: options.headless === true,
        signal: options.signal,
      });
    } catch (error) {
      // another process may have taken the port between the choice and the start
      failure = error;
      await program.stop(STOP_GRACE_MS, 'SIGINT');
      options.signal?.throwIfAborted();
    }
  }
  throw new TypedError(FailureType.ConfigError, `The embedded Temporal server does not start: ${String(failure)}.`, {
    hint: `Its log is ${logFile}.`,
    cause: failure,
  });
}

async function whenReady(
  program: RunningProgram,
  at: {
    readonly folder: string;
    readonly logFile: string;
    readonly ports: ServerPorts;
    readonly headless: boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<EmbeddedServer> {
  const address = `127.0.0.1:${at.ports.frontend}`;
  const uiUrl = at.headless ? null : `http://127.0.0.1:${at.ports.ui}`;
  if (program.pid === undefined) throw (await program.exited).error ?? new Error('it has no pid');
  const note: ServerNote = { ...identityOf(program.pid), address, uiUrl, logFile: at.logFile };
  await writeServerNote(at.folder, note);
  let ended = false;
  void program.exited.then(() => (ended = true));
  const deadline = performance.now() + READY_MS;
  // a bare connection first: a gRPC client waits a second after each refusal
  while (
    !ended &&
    !((await accepts(at.ports.frontend)) && (await isReachable({ address, namespace: 'default' }, 5_000)))
  ) {
    at.signal?.throwIfAborted();
    if (performance.now() > deadline) throw new Error('it did not answer within a minute');
    await delay(50);
  }
  // what answered was another server on that port
  if (ended) throw new Error('it ended at once');
  const stop = async () => {
    await program.stop(STOP_GRACE_MS, 'SIGINT');
    await removeServerNote(at.folder);
  };
  return {
    address,
    uiUrl,
    pid: program.pid,
    logFile: at.logFile,
    reused: false,
    ended: program.exited.then(() => undefined),
    stop,
  };
}

/** The two dynamic values: without them every dispatch waits for a 50 ms tick, and one repository can starve the rest. */
function serverArguments(folder: string, ports: ServerPorts, options: EmbeddedServerOptions): string[] {
  const ui = options.headless ? ['--headless'] : ['--ui-port', String(ports.ui)];
  const namespace = options.namespace === 'default' ? [] : ['--namespace', options.namespace];
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.frontend), ...ui, ...namespace],
    ...['--db-filename', join(folder, 'temporal.db'), '--sqlite-pragma', 'journal_mode=wal'],
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
    ...['--dynamic-config-value', 'matching.enableFairness=true'],
    ...[
      '--log-level',
      'warn',
      '--log-format',
      'json',
      '--color',
      'never',
      '--disable-config-env',
      '--disable-config-file',
    ],
  ];
}

/** Nothing but what any program needs: the tool reads TEMPORAL_* variables as flags. */
function serverEnvironment(env: ProgramSpec['env']): ProgramSpec['env'] {
  const { PATH, HOME, TMPDIR, LANG, TZ } = env;
  return { PATH, HOME, TMPDIR, LANG, TZ };
}

async function makeReady(address: string, options: EmbeddedServerOptions): Promise<void> {
  const { connection, close } = await connectClient({ address, namespace: options.namespace });
  try {
    await ensureSearchAttributes(connection, options.namespace);
    await ensureRetention(connection, options.namespace, options.retentionDays);
  } finally {
    await close();
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  return await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}

async function endByNote(note: ServerNote): Promise<void> {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    if (!isAlive(note)) return;
    process.kill(note.pid, signal);
    const deadline = performance.now() + STOP_GRACE_MS;
    while (isAlive(note) && performance.now() < deadline) await delay(50);
  }
}

/** No child of ours, so that only looking tells. */
async function endOf(note: ServerNote): Promise<void> {
  while (isAlive(note)) await delay(500, undefined, { ref: false });
}

async function rotate(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await rename(logFile, `${logFile}.1`);
}
