import { asText } from './as-text.ts';
import { classify } from './classify.ts';
import type { ClaudeOutcome } from './claude-outcome.ts';
import type { ClaudeRequest, ClaudeRun, TurnSituation } from './claude.ts';
import { openConversation, type Conversation } from './conversation.ts';
import { lastResult, type Recording, type StreamMessage } from './recording.ts';
import { totalOfResult, unitsOfMessage } from './token-units.ts';

/** A lost conversation may be begun anew twice within one run, a taken id be resumed once. */
const MAX_ATTEMPTS = 4;

/** One process of Claude Code: either begins the conversation `id` or resumes it. */
export interface Attempt {
  readonly mode: 'start' | 'resume';
  readonly id: string;
  readonly prompt: string;
}

type RunAttempt = (attempt: Attempt, onMessage: (message: StreamMessage) => void) => Promise<Recording>;

/**
 * Carries one turn to its end: resumes the conversation where there is a transcript, begins it where there is none,
 * and begins a new one where it cannot be resumed. Keeps the books over all of them.
 */
export async function runConversation(request: ClaudeRequest, runAttempt: RunAttempt): Promise<ClaudeRun> {
  const startedAt = Date.now();
  const conversation = await openConversation(request.claudeDir, request.sessionId);
  const interrupted = conversation.openTurn !== null;
  await conversation.begin(request.turnKey);
  let resume = await conversation.hasTranscript();
  let turns = 0;
  for (let attempt = 1; ; attempt += 1) {
    const { id, family } = conversation;
    const prompt = request.prompt(situationOf({ resume, interrupted, family }));
    const recording = await runAttempt({ mode: resume ? 'resume' : 'start', id, prompt }, countUse(conversation));
    const outcome = classify(recording);
    turns += await keepBooks(conversation, recording);
    if (losesConversation(outcome, recording)) await conversation.abandon();
    if (attempt < MAX_ATTEMPTS && (outcome.kind === 'session-in-use' || outcome.kind === 'session-lost')) {
      resume = outcome.kind === 'session-in-use';
      continue;
    }
    await conversation.flush();
    const result = lastResult(recording.messages);
    return {
      outcome,
      sessionId: id,
      text: asText(result?.['result']),
      structured: result?.['structured_output'] ?? null,
      costUsd: conversation.unsettledUsd,
      turns,
      durationMs: Date.now() - startedAt,
    };
  }
}

/** Accounts for what the run cost; resolves to its turns. Without a result there are no figures. */
async function keepBooks(conversation: Conversation, { messages }: Recording): Promise<number> {
  const result = lastResult(messages);
  if (!result) return 0;
  await conversation.account(totalOfResult(result));
  return typeof result['num_turns'] === 'number' ? result['num_turns'] : 0;
}

function situationOf(state: { resume: boolean; interrupted: boolean; family: number }): TurnSituation {
  if (!state.resume) return state.family > 0 ? 'lost' : 'fresh';
  return state.interrupted ? 'interrupted' : 'continued';
}

/** After these the transcript is of no use: it is gone, too long, or full of what the model refused. */
function losesConversation(outcome: ClaudeOutcome, recording: Recording): boolean {
  if (outcome.kind === 'session-lost' || outcome.kind === 'context-exhausted') return true;
  return recording.messages.some((message) => message.type === 'system' && message.subtype === 'session_writes_lost');
}

/** Counts each message of the model once: its blocks come on lines of their own that repeat its usage. */
function countUse(conversation: Conversation): (message: StreamMessage) => void {
  const seen = new Set<unknown>();
  return (message) => {
    if (message.type !== 'assistant') return;
    const id = (message['message'] as { id?: unknown } | undefined)?.id;
    if (seen.has(id)) return;
    seen.add(id);
    conversation.use(unitsOfMessage(message)).catch(() => undefined);
  };
}
