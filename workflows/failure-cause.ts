import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { FailureType } from '../src/domain/failure-type.ts';

/** What went wrong in a step, as the interpreter decides on it and as a person reads it. */
export interface FailureCause {
  readonly type: FailureType;
  readonly message: string;
}

/** Reads the typed failure out of what a failed activity threw; anything else is `Unexpected`. */
export function causeOf(error: unknown): FailureCause {
  const inner = error instanceof ActivityFailure ? error.cause : error;
  if (inner instanceof ApplicationFailure) {
    const known = Object.values(FailureType).find((type) => type === inner.type);
    return { type: known ?? FailureType.Unexpected, message: inner.message };
  }
  if (inner instanceof TimeoutFailure) return timeoutCause(inner);
  return { type: FailureType.Unexpected, message: inner instanceof Error ? inner.message : String(inner) };
}

function timeoutCause(failure: TimeoutFailure): FailureCause {
  switch (failure.timeoutType) {
    case 'SCHEDULE_TO_START':
      return { type: FailureType.HostLost, message: 'the host did not take the step within half a minute' };
    case 'HEARTBEAT':
      return { type: FailureType.HostLost, message: 'the host stopped answering in the middle of the step' };
    default:
      return { type: FailureType.Stalled, message: 'the step took longer than its stage allows' };
  }
}

/** Failures after which the task can go on elsewhere. */
export function isHostGone(cause: FailureCause): boolean {
  return cause.type === FailureType.HostLost || cause.type === FailureType.WorkspaceLost;
}

/** Failures of a host that is too small for the step just now: another one, or a later moment, may do. */
export const SHORTAGES: readonly FailureType[] = [FailureType.DiskFull, FailureType.ResourceShortage];

export function isShortage(cause: FailureCause): boolean {
  return SHORTAGES.includes(cause.type);
}

/** Failures that an operator mends while the task waits: nothing of it is lost meanwhile. */
const OPERATORS: readonly FailureType[] = [
  FailureType.AuthRequired,
  FailureType.BillingBlocked,
  FailureType.ClaudeMissing,
  FailureType.ConfigError,
  FailureType.AccessDenied,
  FailureType.PushRefused,
];

/** Whether the task should wait for a person's `resume` in place of failing. */
export function isOperatorsToMend(cause: FailureCause): boolean {
  return OPERATORS.includes(cause.type);
}
