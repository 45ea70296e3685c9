/** One content block as the Messages API carries it; unknown kinds pass through. */
export interface ContentBlock {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: string | readonly ContentBlock[];
}

/** The body of POST /v1/messages, as far as a script needs it. */
export interface MessagesRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream?: boolean;
  readonly tools?: readonly { readonly name: string }[];
  readonly system?: unknown;
}

/** A tool call together with what came of it. */
export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly result: string;
  readonly isError: boolean;
}

/**
 * What a script decides on: everything said so far, and nothing else.
 * A retried or resumed turn carries the same conversation and so gets the same answer.
 */
export interface Conversation {
  readonly model: string;
  readonly tools: readonly string[];
  /** All texts of the user's side, oldest first, without tool results. */
  readonly userTexts: readonly string[];
  /** All texts of the assistant's side, oldest first. */
  readonly assistantTexts: readonly string[];
  /** Answered tool calls, oldest first. */
  readonly calls: readonly ToolCall[];
  /** The calls that were answered after the latest text of the user: those of the turn at work. */
  readonly callsOfTurn: readonly ToolCall[];
}

/** Reads a conversation out of a request. */
export function readConversation(request: MessagesRequest): Conversation {
  const userTexts: string[] = [];
  const assistantTexts: string[] = [];
  const calls: ToolCall[] = [];
  const open = new Map<string, ContentBlock>();
  let turnStart = 0;
  for (const message of request.messages) {
    for (const block of blocksOf(message.content)) {
      if (block.type === 'text' && message.role === 'assistant') assistantTexts.push(String(block['text']));
      if (block.type === 'text' && message.role === 'user' && !isReminder(String(block['text']))) {
        userTexts.push(String(block['text']));
        turnStart = calls.length;
      }
      if (block.type === 'tool_use') open.set(String(block['id']), block);
      if (block.type === 'tool_result') calls.push(closeCall(open.get(String(block['tool_use_id'])), block));
    }
  }
  return {
    model: request.model,
    tools: (request.tools ?? []).map((tool) => tool.name),
    userTexts,
    assistantTexts,
    calls,
    callsOfTurn: calls.slice(turnStart),
  };
}

function closeCall(use: ContentBlock | undefined, result: ContentBlock): ToolCall {
  return {
    name: typeof use?.['name'] === 'string' ? use['name'] : 'unknown',
    input: (use?.['input'] ?? {}) as Record<string, unknown>,
    result: textOf(result['content']),
    isError: result['is_error'] === true,
  };
}

function blocksOf(content: Message['content']): readonly ContentBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((block: ContentBlock) => (block.type === 'text' ? String(block['text']) : '')).join('');
}

/** Claude Code adds notes of its own to the user's side; they start no turn. */
function isReminder(text: string): boolean {
  return text.trimStart().startsWith('<system-reminder>');
}
