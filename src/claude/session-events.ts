import type { LogEntry } from '../contract/log-entry.ts';
import { asText } from './as-text.ts';
import { contentOf, type StreamBlock, type StreamMessage } from './recording.ts';

export type SessionEvent = Omit<LogEntry, 'at' | 'level'> & { readonly level?: LogEntry['level'] };

const TEXT_LIMIT = 4000;
const LINE_LIMIT = 300;

/** What people follow of a session: one message of Claude Code's stream as lines of the task's log. Never throws. */
export function describeMessage(message: StreamMessage): SessionEvent[] {
  switch (message.type) {
    case 'assistant':
      return contentOf(message).flatMap(describeSpoken);
    case 'user':
      return contentOf(message).flatMap(describeToolResult);
    case 'system':
      return describeSystem(message);
    case 'rate_limit_event':
      return describeLimit(message);
    case 'result':
      return [describeResult(message)];
    default:
      return [];
  }
}

function describeSpoken(block: StreamBlock): SessionEvent[] {
  if (block.type === 'text') {
    const text = asText(block['text']).trim();
    return text ? [{ source: 'session', text: shorten(text, TEXT_LIMIT) }] : [];
  }
  if (block.type !== 'tool_use') return [];
  const name = String(block['name']);
  return [{ source: 'tool', name: shorten(name, 100), text: describeInput(name, block['input']) }];
}

/** One line that says what a tool is about to do. */
export function describeInput(name: string, input: unknown): string {
  const fields = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const telling = fields['command'] ?? fields['file_path'] ?? fields['pattern'] ?? fields['path'] ?? fields['url'];
  if (typeof telling === 'string') return oneLine(telling);
  if (name === 'StructuredOutput') return 'gives its structured answer';
  return oneLine(JSON.stringify(fields));
}

function describeToolResult(block: StreamBlock): SessionEvent[] {
  if (block.type !== 'tool_result' || block['is_error'] !== true) return [];
  return [{ source: 'tool', level: 'warning', text: `failed: ${shorten(textOf(block['content']), 1000)}` }];
}

function describeSystem(message: StreamMessage): SessionEvent[] {
  switch (message.subtype) {
    case 'init':
      return [
        {
          source: 'session',
          text: `Claude Code ${String(message['claude_code_version'])} with ${String(message['model'])}`,
        },
      ];
    case 'api_retry': {
      const status = message['error_status'];
      const seconds = Math.ceil(Number(message['retry_delay_ms'] ?? 0) / 1000);
      const cause = typeof status === 'number' ? `status ${status}` : 'connection lost';
      const count = `${String(message['attempt'])} of ${String(message['max_retries'])}`;
      return [warn(`the model's API fails (${cause}); retry ${count} in ${seconds} s`)];
    }
    case 'compact_boundary':
      return [{ source: 'session', text: 'the conversation was compacted' }];
    case 'permission_denied':
      return [warn(`${String(message['tool_name'])} was denied: it is not among the session's tools or rights`)];
    case 'session_writes_lost':
      return [warn('the transcript could not be written: the disk is full')];
    case 'model_refusal_no_fallback':
      return [warn('the model refused to go on')];
    default:
      return [];
  }
}

function describeLimit(message: StreamMessage): SessionEvent[] {
  const info = message['rate_limit_info'];
  if (typeof info !== 'object' || info === null) return [];
  const { status, rateLimitType, resetsAt, utilization } = info as Record<string, unknown>;
  if (status !== 'rejected' && status !== 'allowed_warning') return [];
  const until = typeof resetsAt === 'number' ? `, resets ${new Date(resetsAt * 1000).toISOString()}` : '';
  const window = asText(rateLimitType, 'unknown');
  if (status === 'rejected') return [warn(`the limit '${window}' is reached${until}`)];
  const used = typeof utilization === 'number' ? ` at ${Math.round(utilization * 100)} %` : ' near';
  return [warn(`the limit '${window}' is${used}${until}`)];
}

function describeResult(message: StreamMessage): SessionEvent {
  const cost = Number(message['total_cost_usd'] ?? 0).toFixed(4);
  const turns = `${asText(message['num_turns'], '0')} turns, $${cost} in this conversation`;
  if (message['is_error'] !== true) return { source: 'session', text: `ended: ${turns}` };
  const reason = asText(message['terminal_reason'], message.subtype);
  const status = typeof message['api_error_status'] === 'number' ? ` ${message['api_error_status']}` : '';
  return { source: 'session', level: 'error', text: `ended with ${reason}${status}: ${turns}` };
}

function warn(text: string): SessionEvent {
  return { source: 'session', level: 'warning', text };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((block: { text?: unknown } | null) => asText(block?.text)).join('\n');
}

function oneLine(text: string): string {
  return shorten(text.replace(/\s+/g, ' ').trim(), LINE_LIMIT);
}

function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
