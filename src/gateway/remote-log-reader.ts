import { setTimeout as sleep } from 'node:timers/promises';
import { LogEntry } from '../contract/log-entry.ts';
import { callGateway, isNetwork, unreachable, type GatewayAddress } from './gateway-call.ts';
import { decodeEvents } from './server-sent-events.ts';

export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  /** Begin with the last entries only. */
  readonly tail?: number | undefined;
}

/** How long a connection that was there may be gone before the follower gives up. */
const GONE_MS = 60_000;

/**
 * The log of a task as it grows, until the task ends or the signal is aborted. A lost connection is made again where it
 * broke off; throws TypedError Network when there never was one, or when it stays lost for a minute.
 */
export async function* followRemoteLog(
  gateway: GatewayAddress,
  taskId: string,
  { signal = new AbortController().signal, tail }: FollowOptions,
): AsyncGenerator<LogEntry> {
  let position: string | undefined;
  let heardAt: number | undefined;
  while (!signal.aborted) {
    try {
      const response = await openFollow(gateway, { taskId, tail, position, signal });
      for await (const event of decodeEvents(heard(gateway, response, () => (heardAt = Date.now())))) {
        if (event.event === 'end') return;
        position = event.id ?? position;
        yield LogEntry.parse(JSON.parse(event.data));
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!mayComeBack(error, heardAt)) throw error;
    }
    await sleep(500, undefined, { signal }).catch(() => undefined);
  }
}

function mayComeBack(error: unknown, heardAt: number | undefined): boolean {
  return isNetwork(error) && heardAt !== undefined && Date.now() - heardAt <= GONE_MS;
}

function openFollow(
  gateway: GatewayAddress,
  from: { taskId: string; tail: number | undefined; position: string | undefined; signal: AbortSignal },
): Promise<Response> {
  const { taskId, tail, position, signal } = from;
  return callGateway(gateway, {
    path: `/v1/tasks/${encodeURIComponent(taskId)}/log?follow=1${tail === undefined ? '' : `&tail=${tail}`}`,
    headers: { accept: 'text/event-stream', ...(position !== undefined && { 'last-event-id': position }) },
    signal,
    timeoutMs: null,
  });
}

/** The log as it is now. */
export async function* readRemoteLog(
  gateway: GatewayAddress,
  taskId: string,
  { tail, signal }: FollowOptions,
): AsyncGenerator<LogEntry> {
  const response = await callGateway(gateway, {
    path: `/v1/tasks/${encodeURIComponent(taskId)}/log${tail === undefined ? '' : `?tail=${tail}`}`,
    ...(signal && { signal }),
    timeoutMs: null,
  });
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of heard(gateway, response, () => undefined)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield LogEntry.parse(JSON.parse(line));
  }
}

async function* heard(gateway: GatewayAddress, response: Response, onChunk: () => void): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const chunks = (response.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw unreachable(gateway, error);
      });
      if (next.done) return;
      onChunk();
      yield next.value;
    }
  } finally {
    await chunks.return?.().then(undefined, () => undefined);
  }
}
