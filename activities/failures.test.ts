import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { FailureType, NON_RETRYABLE } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import { toFailure } from './failures.ts';

describe('the mapping of errors to failures', () => {
  it('keeps type, hint and delay of a typed error', () => {
    const failure = toFailure(
      new TypedError(FailureType.RateLimited, 'GitHub asks for patience.', {
        hint: 'Nothing to do.',
        retryAfterMs: 60_000,
      }),
    );

    expect(failure).toMatchObject({
      type: 'RateLimited',
      message: 'GitHub asks for patience. Nothing to do.',
      nonRetryable: false,
      nextRetryDelay: 60_000,
    });
  });

  it.each(NON_RETRYABLE)('lets no retry policy try %s again', (type) => {
    expect(toFailure(new TypedError(type, 'x')).nonRetryable).toBe(true);
  });

  it.each([
    ['ENOSPC', 'DiskFull'],
    ['EDQUOT', 'DiskFull'],
    ['ECONNREFUSED', 'Network'],
    ['EAI_AGAIN', 'Network'],
    ['EACCES', 'Unexpected'],
  ])('reads the system code %s as %s', (code, type) => {
    expect(toFailure(Object.assign(new Error('raw'), { code })).type).toBe(type);
  });

  it('looks into the cause, where fetch keeps its code', () => {
    const error = new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) });

    expect(toFailure(error)).toMatchObject({ type: 'Network', nonRetryable: false });
  });

  it('leaves a failure as it is, and takes whatever else was thrown', () => {
    const failure = ApplicationFailure.nonRetryable('x', 'BadInput');

    expect(toFailure(failure)).toBe(failure);
    expect(toFailure('plain text')).toMatchObject({ type: 'Unexpected', message: 'plain text' });
  });
});
