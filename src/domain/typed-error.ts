import type { FailureType } from './failure-type.ts';

/**
 * Thrown when an adapter knows what went wrong and what mends it.
 * Adapters throw it, activities turn it into an ApplicationFailure of the same type, the CLI prints message and hint.
 */
export class TypedError extends Error {
  override readonly name = 'TypedError';
  readonly type: FailureType;
  /** What the person can do about it, as one sentence. */
  readonly hint: string | undefined;
  /** When another try makes sense, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  constructor(
    type: FailureType,
    message: string,
    more: { hint?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.type = type;
    this.hint = more.hint;
    this.retryAfterMs = more.retryAfterMs;
  }
}
