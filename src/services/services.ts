import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskLog } from '../contract/log-entry.ts';
import type { ServiceSetting } from '../contract/repo-settings.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { maskSecrets } from '../gates/mask-secrets.ts';
import { plainText } from '../gates/plain-text.ts';
import { tellingPart } from '../gates/telling-part.ts';
import { CappedOutput } from '../process/capped-output.ts';
import { LineSplitter } from '../process/line-splitter.ts';
import type { ProcessTrees, TreeProcess } from '../process/process-trees.ts';
import { accepts } from './accepts.ts';

const MAX_PAUSE_MS = 200;
const TOLD_BYTES = 2_000;

export interface ServicesRequest {
  readonly taskId: string;
  /** The task's process tree: its services end with it. */
  readonly treeId: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly portBase: number;
  readonly services: readonly ServiceSetting[];
  readonly signal?: AbortSignal;
}

export interface Services {
  /**
   * Starts the services that do not run yet, in order, and resolves when all accept connections.
   * Throws TypedError SetupFailed when one ends or is not ready in time, ResourceShortage when its port is taken.
   */
  start(request: ServicesRequest): Promise<void>;
}

interface Running {
  readonly process: TreeProcess;
  readonly output: CappedOutput;
  hasEnded: boolean;
}

/** The processes that the tests of a repository need, once per task and on ports of its own. */
export function createServices(options: { trees: ProcessTrees; log: TaskLog }): Services {
  const running = new Map<string, Running>();
  const starting = new Map<string, Promise<void>>();

  async function startOne(request: ServicesRequest, service: ServiceSetting): Promise<void> {
    const port = service.readyPort === undefined ? undefined : request.portBase + service.readyPort;
    const key = JSON.stringify([request.treeId, service.name]);
    if (running.has(key)) return;
    if (port !== undefined && (await accepts(port))) {
      throw new TypedError(
        FailureType.ResourceShortage,
        `port ${port} of service '${service.name}' is taken by another program`,
        {
          hint: 'End that program, or set host.portBase to a range of ports that is free.',
        },
      );
    }
    const one = spawnService(options, request, service);
    running.set(key, one);
    one.process.once('exit', () => running.delete(key));
    if (port === undefined) return;
    try {
      await waitUntilReady({ one, port, service, signal: request.signal });
    } catch (error) {
      one.process.kill('SIGTERM');
      running.delete(key);
      throw error;
    }
  }

  async function startAll(request: ServicesRequest): Promise<void> {
    for (const service of request.services) await startOne(request, service);
  }

  return {
    async start(request) {
      // a second asker waits for the first one, and then sees for itself
      for (let other = starting.get(request.treeId); other; other = starting.get(request.treeId)) {
        await other.catch(() => undefined);
      }
      const mine = startAll(request).finally(() => starting.delete(request.treeId));
      starting.set(request.treeId, mine);
      await mine;
    },
  };
}

function spawnService(
  options: { trees: ProcessTrees; log: TaskLog },
  request: ServicesRequest,
  service: ServiceSetting,
): Running {
  const { name, command } = service;
  const mask = maskSecrets(request.env);
  const port = String(request.portBase + (service.readyPort ?? 0));
  const process = options.trees.spawn({
    treeId: request.treeId,
    command: 'sh',
    args: ['-c', command],
    cwd: request.cwd,
    env: { ...request.env, TASKFLEET_PORT_BASE: String(request.portBase), PORT: port },
  });
  process.stdin.end();
  const one: Running = { process, output: new CappedOutput(64 * 1024), hasEnded: false };
  process.once('exit', () => (one.hasEnded = true));
  process.once('error', () => (one.hasEnded = true));
  for (const stream of [process.stdout, process.stderr]) {
    const lines = new LineSplitter((line) =>
      options.log.append(request.taskId, { source: 'service', name, text: plainText(mask(line)).slice(0, 4096) }),
    );
    stream.on('data', (chunk: Buffer) => {
      one.output.write(chunk);
      lines.write(chunk);
    });
    stream.once('close', () => lines.end());
  }
  return one;
}

async function waitUntilReady(wait: {
  one: Running;
  port: number;
  service: ServiceSetting;
  signal: AbortSignal | undefined;
}): Promise<void> {
  const { one, port, service, signal } = wait;
  const until = Date.now() + service.readySeconds * 1000;
  for (let pause = 10; ; pause = Math.min(MAX_PAUSE_MS, pause * 2)) {
    signal?.throwIfAborted();
    if (await accepts(port)) return;
    if (one.hasEnded)
      throw notReady(wait, `ended with exit ${one.process.exitCode ?? 'by a signal'} before it was ready`);
    if (Date.now() > until)
      throw notReady(wait, `does not accept connections on port ${port} after ${service.readySeconds}s`);
    await sleep(pause, undefined, signal ? { signal } : {});
  }
}

function notReady({ one, service }: { one: Running; service: ServiceSetting }, what: string): TypedError {
  const output = tellingPart(one.output.text(), TOLD_BYTES);
  return new TypedError(FailureType.SetupFailed, `service '${service.name}' ${what}\n${output}`, {
    hint: "Check the command, `readyPort` (counted from TASKFLEET_PORT_BASE) and `readySeconds` in the repository's settings.",
  });
}
