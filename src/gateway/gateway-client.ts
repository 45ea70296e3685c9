import type { z } from 'zod';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import {
  Estimate,
  Health,
  HostList,
  type SeenHost,
  type TaskFilter,
  TaskList,
  TaskRecord,
} from '../contract/gateway-api.ts';
import type { HostReport } from '../contract/host-report.ts';
import type { LogEntry, TaskLog } from '../contract/log-entry.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { type Call, callGateway, callRepeatedly, isNetwork, unreachable, type GatewayAddress } from './gateway-call.ts';
import { createRemoteArtifacts } from './remote-artifacts.ts';
import { type FollowOptions, followRemoteLog, readRemoteLog } from './remote-log-reader.ts';
import { createRemoteTaskLog } from './remote-task-log.ts';

/** Everything that hosts and the CLI get from the coordinator. Throws TypedErrors; Network when it is out of reach. */
export interface GatewayClient {
  readonly artifacts: ArtifactStore;
  /** Never throws, and keeps no process alive: flush it before leaving. */
  readonly log: TaskLog;
  /** Whether somebody answers there; says which version. Needs no token. */
  health(): Promise<Health>;
  reportHost(report: HostReport): Promise<void>;
  hosts(): Promise<SeenHost[]>;
  /** Newest first, 50 where no limit is given. */
  tasks(filter?: Partial<TaskFilter>): Promise<TaskRecord[]>;
  task(id: string): Promise<TaskRecord | undefined>;
  /** Null is for tasks without a repository. */
  estimate(repo: string | null): Promise<Estimate>;
  /** Until the task ends or the signal is aborted. */
  followLog(taskId: string, options?: FollowOptions): AsyncIterable<LogEntry>;
  readLog(taskId: string, options?: FollowOptions): AsyncIterable<LogEntry>;
  /** The mirror to fetch from; the headers must reach git in its environment, never in an argument. */
  gitRemote(repoKey: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> };
}

export function createGatewayClient(gateway: GatewayAddress): GatewayClient {
  const ask = async <T extends z.ZodType>(schema: T, call: Call): Promise<z.infer<T>> =>
    callRepeatedly(async () => schema.parse(await readJson(gateway, await callGateway(gateway, call))));

  return {
    artifacts: createRemoteArtifacts(gateway),
    log: createRemoteTaskLog({ send: (taskId, entries) => sendEntries(gateway, taskId, entries) }),
    health: () => ask(Health, { path: '/health', timeoutMs: 5_000 }),
    async reportHost(report) {
      await callGateway(gateway, { method: 'POST', path: '/v1/hosts', ...json(report), timeoutMs: 10_000 });
    },
    hosts: async () => (await ask(HostList, { path: '/v1/hosts' })).hosts,
    tasks: async (filter = {}) => (await ask(TaskList, { path: `/v1/tasks${toQuery(filter)}` })).tasks,
    task: (id) =>
      callRepeatedly(async () => {
        const path = `/v1/tasks/${encodeURIComponent(id)}`;
        const response = await callGateway(gateway, { path, alsoOk: 404 });
        const answer = await readJson(gateway, response);
        return response.status === 404 ? undefined : TaskRecord.parse(answer);
      }),
    estimate: (repo) => ask(Estimate, { path: `/v1/estimate${toQuery(repo === null ? {} : { repo })}` }),
    followLog: (taskId, options = {}) => followRemoteLog(gateway, taskId, options),
    readLog: (taskId, options = {}) => readRemoteLog(gateway, taskId, options),
    gitRemote: (repoKey) => ({
      url: `${gateway.url.replace(/\/+$/, '')}/v1/git/${repoKey.split('/').map(encodeURIComponent).join('/')}.git`,
      headers: { Authorization: `Bearer ${gateway.token}` },
    }),
  };
}

async function readJson(gateway: GatewayAddress, response: Response): Promise<unknown> {
  return response.json().catch((error: unknown) => {
    throw unreachable(gateway, error);
  });
}

/** Rejects only for what another try may mend: a batch that is refused would be refused for ever. */
async function sendEntries(gateway: GatewayAddress, taskId: string, entries: readonly LogEntry[]): Promise<void> {
  const path = `/v1/tasks/${encodeURIComponent(taskId)}/log`;
  try {
    await (await callGateway(gateway, { method: 'POST', path, ...json(entries), timeoutMs: 10_000 })).arrayBuffer();
  } catch (error) {
    const passing = isNetwork(error) || (error instanceof TypedError && PASSING.includes(error.type));
    if (passing) throw error;
  }
}

const PASSING: readonly FailureType[] = [FailureType.DiskFull, FailureType.Unexpected, FailureType.ResourceShortage];

function json(value: unknown): Pick<Call, 'body' | 'headers'> {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}

function toQuery(values: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value));
  return query.size > 0 ? `?${query.toString()}` : '';
}
