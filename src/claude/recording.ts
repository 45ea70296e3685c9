/** One line of Claude Code's stream. The set of types is open: only what is looked at is named here. */
export interface StreamMessage {
  readonly type: string;
  readonly subtype?: string;
  readonly [field: string]: unknown;
}

/** Everything that `classify` decides on: the stream in digest, and how the process ended. */
export interface Recording {
  readonly messages: readonly StreamMessage[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  /** Why we ended the process ourselves, if we did. */
  readonly ended?: 'cancelled' | 'stalled' | 'wall';
}

const DROPPED = new Set(['stream_event', 'tool_progress', 'keep_alive', 'control_request', 'control_response']);

/**
 * What is kept of a message for `classify`: no text, no tool input, so that a session of hours fits into memory.
 * Undefined for messages that no decision needs.
 */
export function digestMessage(message: StreamMessage): StreamMessage | undefined {
  if (DROPPED.has(message.type)) return undefined;
  if (message.type === 'assistant' || message.type === 'user') {
    const blocks = contentOf(message).map(({ type, id, name, tool_use_id, is_error }) => ({
      type,
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      ...(tool_use_id !== undefined && { tool_use_id }),
      ...(is_error !== undefined && { is_error }),
    }));
    const { type, error, uuid } = message;
    return { type, ...(error !== undefined && { error }), uuid, message: { content: blocks } };
  }
  return message;
}

export interface StreamBlock {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The content blocks of an assistant or user message; none where there are none. */
export function contentOf(message: StreamMessage): readonly StreamBlock[] {
  const inner = message['message'];
  if (typeof inner !== 'object' || inner === null || !('content' in inner)) return [];
  const { content } = inner;
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.filter(isBlock) : [];
}

function isBlock(value: unknown): value is StreamBlock {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The last `result`: one run can write several when something was still at work. */
export function lastResult(messages: readonly StreamMessage[]): StreamMessage | undefined {
  return messages.findLast((message) => message.type === 'result');
}
