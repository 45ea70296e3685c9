import { ApplicationFailure } from '@temporalio/common';
import { FailureType, isFinal } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT']);
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
]);

/**
 * Turns whatever an adapter threw into the ApplicationFailure that the workflow knows. The only place that does.
 * A TypedError keeps its type, its hint goes into the message; anything unknown is `Unexpected` and retried.
 */
export function toFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof TypedError) {
    return ApplicationFailure.create({
      type: error.type,
      message: error.hint ? `${error.message} ${error.hint}` : error.message,
      nonRetryable: isFinal(error.type),
      ...(error.retryAfterMs !== undefined && { nextRetryDelay: error.retryAfterMs }),
      ...(error.cause instanceof Error && { cause: error.cause }),
    });
  }
  const type = rawType(error);
  return ApplicationFailure.create({
    type,
    message: error instanceof Error ? error.message : String(error),
    ...(error instanceof Error && { cause: error }),
  });
}

function rawType(error: unknown): FailureType {
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : undefined);
  if (code && DISK_FULL.has(code)) return FailureType.DiskFull;
  if (code && NETWORK.has(code)) return FailureType.Network;
  return FailureType.Unexpected;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
