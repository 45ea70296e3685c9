import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from '../../../demo/scripted-model/server.ts';
import { runBash, use, type Block } from '../../../demo/scripted-model/script.ts';
import { openStream, sendJson, type Stream } from '../../../demo/scripted-model/sse.ts';

/** What a fault works with; `count` is how many requests of this session the fault saw, this one included. */
export interface FaultContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly model: string;
  readonly tools: readonly string[];
  readonly count: number;
}

/** Misbehaves and returns true, or returns false to let the script answer. */
export type Fault = (context: FaultContext) => boolean;

const USAGE = { input_tokens: 1000, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

/** Every fault that can be asked for with `/fault/<name>` before the path. */
const FAULTS: Readonly<Record<string, Fault>> = {
  '429': failing(429, 'rate_limit_error', "This request would exceed your account's rate limit.", {
    'retry-after': '1',
  }),
  '429long': failing(429, 'rate_limit_error', 'Too many requests.', { 'retry-after': '7200' }),
  '429once': (context) =>
    context.count === 1 && failing(429, 'rate_limit_error', 'slow down', { 'retry-after': '0' })(context),
  '429sub': (context) => failing(429, 'rate_limit_error', 'usage limit', rejectedHeaders(7200))(context),
  '529': failing(529, 'overloaded_error', 'Overloaded'),
  '500': failing(500, 'api_error', 'Internal server error'),
  '401': failing(401, 'authentication_error', 'invalid x-api-key'),
  '403': failing(403, 'permission_error', 'forbidden'),
  '404': failing(404, 'not_found_error', 'model: no such model'),
  '400credit': failing(400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
  '400long': failing(400, 'invalid_request_error', 'prompt is too long: 250000 tokens > 200000 maximum'),
  '413': failing(413, 'request_too_large', 'Request exceeds the maximum size'),
  reset(context) {
    context.request.socket.destroy();
    return true;
  },
  hang: () => true,
  stall(context) {
    openPartial(context);
    return true;
  },
  midstream(context) {
    openPartial(context);
    setTimeout(() => context.request.socket.destroy(), 100).unref();
    return true;
  },
  'sse-overloaded'(context) {
    open(context).event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
    context.response.end();
    return true;
  },
  refusal: stopping('refusal', []),
  maxtok: stopping('max_tokens', [{ type: 'text', text: 'cut off' }], 32_000),
  /** Calls a tool for ever, and at a price. */
  loop: (context) => stopping('tool_use', [runBash(`echo turn ${context.count}`)], 2000)(context),
  'bad-schema'(context) {
    if (!context.tools.includes('StructuredOutput')) return false;
    return stopping('tool_use', [use('StructuredOutput', { nope: 'x' })])(context);
  },
  /** A turn that succeeds near the limit. */
  warn(context) {
    const stream = openStream(context.response, { model: context.model, usage: USAGE, headers: warningHeaders(7200) });
    stream.block({ type: 'text', text: 'hello' });
    stream.stop('end_turn', 50);
    return true;
  },
};

/** Turns `/fault/<name>` in the path into that fault; an unknown name is answered with 418 so that no test passes by it. */
export function createFaultInterceptor(
  faults: Readonly<Record<string, Fault>> = FAULTS,
): (exchange: Exchange) => boolean {
  const counts = new Map<string, number>();
  return ({ request, response, path, prefix, body }) => {
    const name = prefix.get('fault');
    if (name === undefined) return false;
    if (path === '/v1/models') return failModels(name, response);
    if (path !== '/v1/messages' || !body) return false;
    const fault = faults[name];
    if (!fault) {
      sendJson(response, 418, { type: 'error', error: { type: 'unknown_fault', message: name } });
      return true;
    }
    const key = `${name} ${String(request.headers['x-claude-code-session-id'])}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return fault({ request, response, model: body.model, tools: (body.tools ?? []).map((tool) => tool.name), count });
  };
}

/** The list of models fails with the statuses a credential can meet there. */
function failModels(name: string, response: ServerResponse): boolean {
  if (name === 'hang') return true;
  const status = Number.parseInt(name, 10);
  if (!(status >= 400)) return false;
  const message = name === '400credit' ? 'Your credit balance is too low to access the Anthropic API.' : 'refused';
  sendJson(response, status, { type: 'error', error: { type: 'error', message } });
  return true;
}

function failing(status: number, type: string, message: string, headers: Record<string, string> = {}): Fault {
  return ({ response }) => {
    sendJson(response, status, { type: 'error', error: { type, message } }, headers);
    return true;
  };
}

function stopping(reason: string, blocks: readonly Block[], outputTokens = 50): Fault {
  return (context) => {
    const stream = open(context);
    for (const block of blocks) stream.block(block);
    stream.stop(reason, outputTokens);
    return true;
  };
}

function open(context: FaultContext): Stream {
  return openStream(context.response, { model: context.model, usage: USAGE });
}

function openPartial(context: FaultContext): void {
  const stream = open(context);
  stream.event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
  stream.event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'partial' } });
}

function rejectedHeaders(seconds: number): Record<string, string> {
  const reset = String(Math.floor(Date.now() / 1000) + seconds);
  return {
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-reset': reset,
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'anthropic-ratelimit-unified-5h-utilization': '1.0',
    'anthropic-ratelimit-unified-5h-status': 'rejected',
    'anthropic-ratelimit-unified-5h-reset': reset,
    'anthropic-ratelimit-unified-overage-status': 'rejected',
    'anthropic-ratelimit-unified-overage-disabled-reason': 'out_of_credits',
    'retry-after': String(seconds),
  };
}

function warningHeaders(seconds: number): Record<string, string> {
  const reset = String(Math.floor(Date.now() / 1000) + seconds);
  return {
    'anthropic-ratelimit-unified-status': 'allowed_warning',
    'anthropic-ratelimit-unified-reset': reset,
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'anthropic-ratelimit-unified-5h-utilization': '0.92',
    'anthropic-ratelimit-unified-5h-reset': reset,
    'anthropic-ratelimit-unified-5h-surpassed-threshold': '0.9',
  };
}
