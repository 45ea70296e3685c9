import { asText } from './as-text.ts';
import type { ClaudeOutcome } from './claude-outcome.ts';
import { contentOf, lastResult, type Recording, type StreamMessage } from './recording.ts';

const MINUTE = 60_000;
const NO_CONVERSATION = 'No conversation found';
const IN_USE = 'is already in use';

/** Start-up failures that pass; the others are the operator's to mend. */
const PASSING_STARTUP = new Set([
  'org_verify_failed',
  'worktree_unverified',
  'org_config_required_unavailable',
  'remote_settings_required_unavailable',
]);

const AUTH_ERRORS = new Set([
  'authentication_failed',
  'oauth_org_not_allowed',
  'account_on_hold',
  'verification_required',
  'cloud_credential_error',
]);

/** Tools that change nothing: a session that only got to use these did no work on the tree. */
const READING_TOOLS = new Set(['Read', 'Glob', 'Grep', 'ToolSearch', 'TodoWrite']);

/**
 * Decides how a run of Claude Code ended: on our own hand first, then on `is_error`, `terminal_reason`,
 * `api_error_status` and `subtype` of the last result, in this order. It reads structured fields only; the two
 * sentences that it looks for are the only sign Claude Code gives of a missing or taken session id.
 */
export function classify(recording: Recording): ClaudeOutcome {
  if (recording.ended === 'cancelled') return { kind: 'cancelled' };
  const result = lastResult(recording.messages);
  if (result && result['is_error'] !== true) return classifySuccess(recording, result);
  if (recording.ended === 'stalled') return { kind: 'stalled' };
  if (recording.ended === 'wall') return { kind: 'time-exhausted' };
  return result ? classifyError(recording, result) : classifySilence(recording);
}

/** Without a result nothing was finished, whatever the exit code. */
function classifySilence(recording: Recording): ClaudeOutcome {
  if (recording.stderr.includes(IN_USE)) return { kind: 'session-in-use' };
  if (recording.stderr.includes(NO_CONVERSATION)) return { kind: 'session-lost' };
  if (/\b(ENOSPC|EDQUOT)\b/.test(recording.stderr)) return { kind: 'disk-full' };
  // refused to start: a flag, a settings file or a schema that it does not take is only said on stderr
  if (recording.messages.length === 0 && recording.exitCode === 1 && recording.stderr.trim() !== '') {
    return { kind: 'config-error', reason: firstLine(recording.stderr) };
  }
  return crashed(recording, recording.stderr.trim() || 'it ended without a result');
}

function classifySuccess({ messages }: Recording, result: StreamMessage): ClaudeOutcome {
  const denials = namesOf(result['permission_denials']);
  const structured = result['structured_output'] !== undefined && result['structured_output'] !== null;
  if (denials.length > 0 && !structured && !changedSomething(messages)) return { kind: 'permission-blocked', denials };
  return { kind: 'completed' };
}

type Rule = (recording: Recording, result: StreamMessage) => ClaudeOutcome | undefined;

/** What an error can be, in the order of their weight; the first that applies decides. */
const ERROR_RULES: readonly Rule[] = [
  (_, result) => classifyStartup(result['startup_failure_reason']),
  ({ messages }, result) => findRefusal(messages, result),
  (_, result) => stoppedBy(result['terminal_reason']) ?? stoppedBy(result['subtype']),
  ({ messages }, result) => classifyApiError(messages, result),
  (_, result) => {
    const isLost = textsOf(result['errors']).some((error) => error.startsWith(NO_CONVERSATION));
    return isLost ? { kind: 'session-lost' } : undefined;
  },
];

function classifyError(recording: Recording, result: StreamMessage): ClaudeOutcome {
  for (const rule of ERROR_RULES) {
    const outcome = rule(recording, result);
    if (outcome) return outcome;
  }
  const [error = ''] = textsOf(result['errors']);
  const started = recording.messages.some((message) => message.type === 'system' && message.subtype === 'init');
  if (!started) return { kind: 'config-error', reason: firstLine(error || recording.stderr) };
  return crashed(recording, error || asText(result['terminal_reason'], result.subtype));
}

function classifyStartup(reason: unknown): ClaudeOutcome | undefined {
  if (typeof reason !== 'string') return undefined;
  if (PASSING_STARTUP.has(reason)) return { kind: 'retry-later', cause: 'network', afterMs: MINUTE };
  return { kind: 'config-error', reason };
}

const STOPPED: Readonly<Record<string, ClaudeOutcome>> = {
  prompt_too_long: { kind: 'context-exhausted' },
  blocking_limit: { kind: 'context-exhausted' },
  rapid_refill_breaker: { kind: 'context-exhausted' },
  image_error: { kind: 'context-exhausted' },
  max_turns: { kind: 'turns-exhausted' },
  error_max_turns: { kind: 'turns-exhausted' },
  budget_exhausted: { kind: 'budget-exhausted' },
  error_max_budget_usd: { kind: 'budget-exhausted' },
  structured_output_retry_exhausted: { kind: 'bad-output' },
  error_max_structured_output_retries: { kind: 'bad-output' },
  malformed_tool_use_exhausted: { kind: 'bad-output' },
};

function stoppedBy(reason: unknown): ClaudeOutcome | undefined {
  return typeof reason === 'string' && Object.hasOwn(STOPPED, reason) ? STOPPED[reason] : undefined;
}

function classifyApiError(messages: readonly StreamMessage[], result: StreamMessage): ClaudeOutcome | undefined {
  const status = typeof result['api_error_status'] === 'number' ? result['api_error_status'] : 0;
  const error = asText(messages.findLast((message) => message.type === 'assistant' && message['error'])?.['error']);
  if (status === 429 || error === 'rate_limit') return classifyLimit(messages);
  const final = classifyFinal(status, error);
  if (final) return final;
  if (status === 529) return { kind: 'retry-later', cause: 'overloaded', afterMs: MINUTE };
  if (status >= 500) return { kind: 'retry-later', cause: 'server-error', afterMs: null };
  // a history that the API refuses is refused for ever: only a new conversation helps
  if (status >= 400) return { kind: 'session-lost' };
  if (result['terminal_reason'] === 'api_error') return { kind: 'retry-later', cause: 'network', afterMs: null };
  return undefined;
}

/** What no later try mends. */
function classifyFinal(status: number, error: string): ClaudeOutcome | undefined {
  if (AUTH_ERRORS.has(error)) return { kind: 'auth-required', reason: error };
  if (error === 'billing_error') return { kind: 'billing-blocked' };
  if (error === 'max_output_tokens') return { kind: 'bad-output' };
  switch (status) {
    case 401:
    case 403:
      return { kind: 'auth-required', reason: `status ${status}` };
    case 402:
      return { kind: 'billing-blocked' };
    case 404:
      return { kind: 'config-error', reason: 'the model does not exist' };
    case 413:
      return { kind: 'context-exhausted' };
    default:
      return error === 'model_not_found' ? { kind: 'config-error', reason: 'the model does not exist' } : undefined;
  }
}

/** A subscription's window says until when; a key's limit passes soon. */
function classifyLimit(messages: readonly StreamMessage[]): ClaudeOutcome {
  const info = messages.findLast((message) => message.type === 'rate_limit_event')?.['rate_limit_info'];
  if (typeof info !== 'object' || info === null) return { kind: 'retry-later', cause: 'rate-limit', afterMs: MINUTE };
  const { status, resetsAt, rateLimitType, errorCode } = info as Record<string, unknown>;
  if (errorCode === 'credits_required') return { kind: 'billing-blocked' };
  if (status !== 'rejected') return { kind: 'retry-later', cause: 'rate-limit', afterMs: MINUTE };
  return {
    kind: 'wait-until',
    at: typeof resetsAt === 'number' ? new Date(resetsAt * 1000).toISOString() : null,
    window: typeof rateLimitType === 'string' ? rateLimitType : 'unknown',
  };
}

function findRefusal(messages: readonly StreamMessage[], result: StreamMessage): ClaudeOutcome | undefined {
  const notice = messages.findLast((message) => message.subtype === 'model_refusal_no_fallback');
  if (!notice && result['stop_reason'] !== 'refusal') return undefined;
  const category = notice?.['api_refusal_category'];
  return { kind: 'refused', category: typeof category === 'string' ? category : null };
}

function changedSomething(messages: readonly StreamMessage[]): boolean {
  const changing = new Set<unknown>();
  for (const message of messages) {
    for (const block of contentOf(message)) {
      if (block.type === 'tool_use' && !READING_TOOLS.has(String(block['name']))) changing.add(block['id']);
      if (block.type === 'tool_result' && block['is_error'] !== true && changing.has(block['tool_use_id'])) return true;
    }
  }
  return false;
}

function crashed(recording: Recording, detail: string): ClaudeOutcome {
  return { kind: 'crashed', exitCode: recording.exitCode, signal: recording.signal, detail: detail.slice(-500) };
}

function namesOf(denials: unknown): string[] {
  if (!Array.isArray(denials)) return [];
  return [...new Set(denials.map((denial: { tool_name?: unknown }) => String(denial.tool_name)))];
}

function textsOf(values: unknown): string[] {
  return Array.isArray(values) ? values.filter((value): value is string => typeof value === 'string') : [];
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.slice(0, 300) ?? '';
}
