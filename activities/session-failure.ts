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

/** The outcomes that a workflow decides on are returned; for every other one this throws the failure it means. */
export function decidable(outcome: ClaudeOutcome): SessionOutcome {
  switch (outcome.kind) {
    case 'completed':
    case 'wait-until':
    case 'budget-exhausted':
    case 'turns-exhausted':
    case 'time-exhausted':
    case 'context-exhausted':
    case 'permission-blocked':
    case 'bad-output':
      return outcome;
    case 'retry-later': {
      const [type, message] = PASSING[outcome.cause];
      throw new TypedError(type, message, outcome.afterMs === null ? {} : { retryAfterMs: outcome.afterMs });
    }
    case 'refused':
      throw new TypedError(FailureType.Refused, `The model refused the task${explain(outcome.category)}.`, {
        hint: 'Word the issue differently, or do this one by hand.',
      });
    case 'auth-required':
      throw new TypedError(
        FailureType.AuthRequired,
        `The model's API refuses the credential${explain(outcome.reason)}.`,
        {
          hint: "Set a valid ANTHROPIC_API_KEY (or your own CLAUDE_CODE_OAUTH_TOKEN) and run 'taskfleet doctor'.",
        },
      );
    case 'billing-blocked':
      throw new TypedError(
        FailureType.BillingBlocked,
        'The account of the model credential has nothing left to pay with.',
        {
          hint: 'Add credit to it, then retry the task.',
        },
      );
    case 'config-error':
      throw new TypedError(FailureType.ConfigError, `Claude Code cannot work like this${explain(outcome.reason)}.`, {
        hint: "Check the specialty's model and tools and the Claude Code binary with 'taskfleet doctor'.",
      });
    case 'disk-full':
      throw new TypedError(FailureType.DiskFull, 'The disk is full: Claude Code could not write.');
    case 'stalled':
      throw new TypedError(FailureType.Stalled, 'The session said nothing for too long and was ended.');
    case 'session-lost':
    case 'session-in-use':
      throw new TypedError(FailureType.AgentCrashed, 'The conversation can be neither resumed nor begun anew.');
    case 'crashed': {
      const how = outcome.signal ?? `exit ${String(outcome.exitCode ?? 'unknown')}`;
      throw new TypedError(FailureType.AgentCrashed, `Claude Code ended without a result (${how}): ${outcome.detail}`);
    }
    case 'cancelled':
      throw new TypedError(FailureType.Unexpected, 'The session was cancelled.');
  }
}

function explain(reason: string | null): string {
  return reason ? ` (${reason})` : '';
}
