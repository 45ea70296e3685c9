import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Block } from './script.ts';

export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
}

/** One answer of the model on its way out, as server-sent events. */
export interface Stream {
  event(type: string, data: Readonly<Record<string, unknown>>): void;
  block(block: Block): void;
  stop(reason: string, outputTokens: number): void;
}

/** Opens the stream and sends `message_start`. */
export function openStream(
  response: ServerResponse,
  start: { readonly model: string; readonly usage: Usage; readonly headers?: Readonly<Record<string, string>> },
): Stream {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': requestId(), ...start.headers });
  const event: Stream['event'] = (type, data) => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  event('message_start', { message: { ...emptyMessage(start.model), usage: { ...start.usage, output_tokens: 1 } } });
  let index = 0;
  return {
    event,
    block(block) {
      sendBlock(event, block, index);
      index += 1;
    },
    stop(reason, outputTokens) {
      event('message_delta', {
        delta: { stop_reason: reason, stop_sequence: null },
        usage: { output_tokens: outputTokens },
      });
      event('message_stop', {});
      response.end();
    },
  };
}

function sendBlock(event: Stream['event'], block: Block, index: number): void {
  if (block.type === 'text') {
    event('content_block_start', { index, content_block: { type: 'text', text: '' } });
    event('content_block_delta', { index, delta: { type: 'text_delta', text: block.text } });
  } else {
    const use = { type: 'tool_use', id: toolUseId(), name: block.name, input: {} };
    event('content_block_start', { index, content_block: use });
    event('content_block_delta', {
      index,
      delta: { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
    });
  }
  event('content_block_stop', { index });
}

/** The same answer in one piece, for a caller that asked for no stream. */
export function sendWhole(
  response: ServerResponse,
  answer: { readonly model: string; readonly usage: Usage; readonly blocks: readonly Block[] },
): void {
  const content = answer.blocks.map((block) => (block.type === 'text' ? block : { ...block, id: toolUseId() }));
  sendJson(response, 200, {
    ...emptyMessage(answer.model),
    content,
    stop_reason: stopReason(answer.blocks),
    usage: answer.usage,
  });
}

export function stopReason(blocks: readonly Block[]): 'tool_use' | 'end_turn' {
  return blocks.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn';
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': requestId(), ...headers });
  response.end(JSON.stringify(body));
}

function emptyMessage(model: string): Record<string, unknown> {
  return {
    id: `msg_${compactId()}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
}

function toolUseId(): string {
  return `toolu_${compactId()}`;
}

function requestId(): string {
  return `req_${compactId()}`;
}

function compactId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 24);
}
