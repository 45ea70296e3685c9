import type { ClaudeOutcome } from '../src/claude/claude-outcome.ts';
import type { SessionOutcome } from '../src/contract/session-report.ts';
import { FailureType } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';

const PASSING = {
  'rate-limit': [FailureType.RateLimited, "The model's API limits this key for the moment."],
  overloaded: [FailureType.Overloaded, "The model's API is overloaded."],
  'server-error': [FailureType.Overloaded, "The model's API fails."],
  network: [FailureType.Network, "The model's API cannot be reached."],
} as const;

type Failing = Exclude<ClaudeOutcome, SessionOutcome>;

/** For each outcome that is no answer to the workflow: the failure that it means. */
const FAILURES: { readonly [K in Failing['kind']]: (outcome: Extract<Failing, { kind: K }>) => TypedError } = {
  'retry-later': ({ cause, afterMs }) => {
    const [type, message] = PASSING[cause];
    return new TypedError(type, message, afterMs === null ? {} : { retryAfterMs: afterMs });
  },
  refused: ({ category }) =>
    new TypedError(FailureType.Refused, `The model refused the task${explain(category)}.`, {
      hint: 'Word the issue differently, or do this one by hand.',
    }),
  'auth-required': ({ reason }) =>
    new TypedError(FailureType.AuthRequired, `The model's API refuses the credential${explain(reason)}.`, {
      hint: "Set a valid ANTHROPIC_API_KEY (or your own CLAUDE_CODE_OAUTH_TOKEN) and run 'taskfleet doctor'.",
    }),
  'billing-blocked': () =>
    new TypedError(FailureType.BillingBlocked, 'The account of the model credential has nothing left to pay with.', {
      hint: 'Add credit to it, then retry the task.',
    }),
  'config-error': ({ reason }) =>
    new TypedError(FailureType.ConfigError, `Claude Code cannot work like this${explain(reason)}.`, {
      hint: "Check the specialty's model and tools and the Claude Code binary with 'taskfleet doctor'.",
    }),
  'disk-full': () => new TypedError(FailureType.DiskFull, 'The disk is full: Claude Code could not write.'),
  stalled: () => new TypedError(FailureType.Stalled, 'The session said nothing for too long and was ended.'),
  'session-lost': conversationGone,
  'session-in-use': conversationGone,
  crashed: ({ exitCode, signal, detail }) => {
    const how = signal ?? `exit ${String(exitCode ?? 'unknown')}`;
    return new TypedError(FailureType.AgentCrashed, `Claude Code ended without a result (${how}): ${detail}`);
  },
  cancelled: () => new TypedError(FailureType.Unexpected, 'The session was cancelled.'),
};

/** The outcomes that a workflow decides on are returned; for every other one this throws the failure it means. */
export function decidable(outcome: ClaudeOutcome): SessionOutcome {
  if (!isFailing(outcome)) return outcome;
  const fail = FAILURES[outcome.kind] as (failing: Failing) => TypedError;
  throw fail(outcome);
}

function isFailing(outcome: ClaudeOutcome): outcome is Failing {
  return Object.hasOwn(FAILURES, outcome.kind);
}

function conversationGone(): TypedError {
  return new TypedError(FailureType.AgentCrashed, 'The conversation can be neither resumed nor begun anew.');
}

function explain(reason: string | null): string {
  return reason ? ` (${reason})` : '';
}
