import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { z } from 'zod';
import { LogBatch, type LogEnd, LogQuery, TaskId } from '../contract/gateway-api.ts';
import { FailureType } from '../domain/failure-type.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { FileTaskLog, LogStart } from '../task-log/file-task-log.ts';
import type { Positioned } from '../task-log/read-lines.ts';
import { readText } from './limit-body.ts';
import { parseOrRefuse, RequestRefused } from './problem.ts';
import type { Answer, GatewayRequest, Route } from './route.ts';
import { encodeEvent, KEEP_ALIVE } from './server-sent-events.ts';
import { watchEnd } from './watch-end.ts';

const Params = z.object({ id: TaskId });
const KEEP_ALIVE_MS = 15_000;

/** The logs of tasks: hosts append batches, people read and follow. */
export function logRoutes(logs: FileTaskLog, ledger: Ledger): Route[] {
  const path = '/v1/tasks/:id/log';
  return [
    {
      method: 'POST',
      path,
      bodyLimit: 1024 * 1024,
      async handle({ params, headers, body }) {
        const { id } = parseOrRefuse(Params, params, 'path');
        const text = await readText(body);
        const raw = headers['content-type']?.includes('ndjson') ? parseLines(text) : parseLine(text, 'body');
        const entries = parseOrRefuse(LogBatch, raw, 'batch');
        await logs.appendBatch(id, entries);
        return { json: { appended: entries.length } };
      },
    },
    {
      method: 'GET',
      path,
      handle: (request) => Promise.resolve(readOrFollow({ logs, ledger, request })),
    },
  ];
}

function readOrFollow({ logs, ledger, request }: Pick<Following, 'logs' | 'ledger' | 'request'>): Answer {
  const { id } = parseOrRefuse(Params, request.params, 'path');
  const { follow, tail, from } = parseOrRefuse(LogQuery, request.query, 'query');
  if (follow === '0') {
    const headers = { 'content-type': 'application/x-ndjson; charset=utf-8' };
    return { headers, stream: Readable.from(toLines(logs.read(id, { tail, from }))) };
  }
  const start = lastSeen(request) ?? { tail, from };
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' };
  return { headers, stream: streamEvents({ logs, ledger, id, start, request }) };
}

/** A client that lost its connection says how far it came, as event streams do. */
function lastSeen(request: GatewayRequest): LogStart | undefined {
  const said = String(request.headers['last-event-id'] ?? '');
  return /^\d{1,15}$/.test(said) ? { from: Number(said) } : undefined;
}

interface Following {
  readonly logs: FileTaskLog;
  readonly ledger: Ledger;
  readonly id: string;
  readonly start: LogStart;
  readonly request: GatewayRequest;
}

function streamEvents(following: Following): Readable {
  const { request } = following;
  const out = new PassThrough();
  // at once, so that the client knows that it is heard
  out.write(KEEP_ALIVE);
  const alive = setInterval(() => out.write(KEEP_ALIVE), KEEP_ALIVE_MS);
  request.signal.addEventListener('abort', () => out.destroy(), { once: true });
  out.once('close', () => clearInterval(alive));
  writeEvents(following, out).catch((error: unknown) => out.destroy(error instanceof Error ? error : undefined));
  return out;
}

async function writeEvents({ logs, ledger, id, start, request }: Following, out: PassThrough): Promise<void> {
  const watch = watchEnd(ledger, id);
  const signal = AbortSignal.any([request.signal, watch.ended]);
  try {
    for await (const { entry, position } of logs.follow(id, { ...start, signal })) {
      watch.touch();
      const wantsMore = out.write(encodeEvent({ id: String(position), data: JSON.stringify(entry) }));
      if (!wantsMore) await once(out, 'drain', { signal: request.signal });
    }
    if (!request.signal.aborted) {
      const end: LogEnd = { state: watch.state() };
      out.end(encodeEvent({ event: 'end', data: JSON.stringify(end) }));
    }
  } finally {
    watch.stop();
  }
}

async function* toLines(entries: AsyncIterable<Positioned>): AsyncGenerator<string> {
  for await (const { entry } of entries) yield `${JSON.stringify(entry)}\n`;
}

function parseLines(text: string): unknown[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, index) => parseLine(line, `line ${index + 1}`));
}

function parseLine(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RequestRefused(400, FailureType.BadInput, { detail: `The ${what} is no JSON: ${String(error)}` });
  }
}
