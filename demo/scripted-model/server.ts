import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readConversation, type Conversation, type MessagesRequest } from './conversation.ts';
import { answerTo, type Block, type Script } from './script.ts';
import { openStream, sendJson, sendWhole, stopReason, type Usage } from './sse.ts';

/** A request as it was answered, for tests and for the screen. */
export interface SeenRequest {
  readonly path: string;
  readonly sessionId: string | null;
  readonly script: string | null;
  readonly conversation: Conversation | null;
  readonly body: string;
  readonly credential: 'api-key' | 'bearer' | 'none';
}

/** One request before the script is asked. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The path behind every prefix, such as `/v1/messages`. */
  readonly path: string;
  /** Values of the `/<key>/<value>` pairs that stood before `/v1`. */
  readonly prefix: ReadonlyMap<string, string>;
  readonly body: MessagesRequest | null;
}

export interface ScriptedModelOptions {
  readonly scripts: readonly Script[];
  /** How long a turn of the model takes, milliseconds. Default 0. */
  readonly thinkMs?: number;
  /** Fixed port; any free one where not given. */
  readonly port?: number;
  /** Sees each request first; answers it itself when it returns true. */
  readonly intercept?: (exchange: Exchange) => boolean;
}

export interface ScriptedModel {
  /** For ANTHROPIC_BASE_URL; append `/task/<name>` to select a script by name. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

const BYTES_PER_TOKEN = 4;
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * Serves the part of the Messages API that Claude Code uses, answered by scripts instead of a model:
 * messages (streamed or whole), count_tokens and the list of models.
 */
export async function startScriptedModel(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    readBody(request)
      .then((text) => answer(options, requests, { request, response, text }))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RangeError('the request is larger than 64 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function answer(
  options: ScriptedModelOptions,
  requests: SeenRequest[],
  incoming: { request: IncomingMessage; response: ServerResponse; text: string },
): Promise<void> {
  const { request, response, text } = incoming;
  const { prefix, path } = splitPath(request.url ?? '/');
  const isMessages = path === '/v1/messages';
  const body = isMessages || path === '/v1/messages/count_tokens' ? (JSON.parse(text) as MessagesRequest) : null;
  const conversation = isMessages && body ? readConversation(body) : null;
  const reply = conversation ? answerTo(options.scripts, conversation, prefix.get('task')) : null;
  requests.push({
    path,
    sessionId: headerOf(request, 'x-claude-code-session-id'),
    script: reply?.script ?? null,
    conversation,
    body: text,
    credential: credentialOf(request),
  });
  if (options.intercept?.({ request, response, path, prefix, body })) return;
  if (path === '/v1/models')
    return sendJson(response, 200, { data: [], has_more: false, first_id: null, last_id: null });
  if (path === '/v1/messages/count_tokens') return sendJson(response, 200, { input_tokens: tokens(text) });
  if (!body || !reply)
    return sendJson(response, 404, { type: 'error', error: { type: 'not_found_error', message: path } });
  if (options.thinkMs) await new Promise((resolve) => setTimeout(resolve, options.thinkMs));
  const usage = usageOf(text, reply.blocks);
  if (body.stream !== true) return sendWhole(response, { model: body.model, usage, blocks: reply.blocks });
  const stream = openStream(response, { model: body.model, usage });
  for (const block of reply.blocks) stream.block(block);
  stream.stop(stopReason(reply.blocks), usage.output_tokens);
}

/** `/fault/529/task/x/v1/messages?beta=true` → the pairs before `/v1`, and the rest without its query. */
function splitPath(url: string): { prefix: Map<string, string>; path: string } {
  const [pathname = '/'] = url.split('?');
  const at = pathname.indexOf('/v1/');
  if (at < 0) return { prefix: new Map(), path: pathname };
  const parts = pathname.slice(1, at).split('/');
  const prefix = new Map<string, string>();
  for (let i = 0; i + 1 < parts.length; i += 2)
    prefix.set(parts[i] as string, decodeURIComponent(parts[i + 1] as string));
  return { prefix, path: pathname.slice(at) };
}

/** Figures in the order of real ones: most of the input is read from the cache. */
function usageOf(body: string, blocks: readonly Block[]): Usage {
  const input = tokens(body);
  return {
    input_tokens: Math.ceil(input * 0.05),
    cache_creation_input_tokens: Math.ceil(input * 0.1),
    cache_read_input_tokens: Math.floor(input * 0.85),
    output_tokens: Math.max(20, tokens(JSON.stringify(blocks))),
  };
}

function tokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

function headerOf(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}

function credentialOf(request: IncomingMessage): SeenRequest['credential'] {
  if (request.headers['x-api-key']) return 'api-key';
  return request.headers.authorization ? 'bearer' : 'none';
}
