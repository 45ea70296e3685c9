import { CancelledFailure } from '@temporalio/common';
import { Context } from '@temporalio/activity';
import { toFailure } from './failures.ts';

type Activities = Record<string, (request: never) => Promise<unknown>>;

/**
 * Wraps each activity so that what it throws reaches the workflow as a typed failure,
 * and so that its cancellation is reported as such whatever the interrupted step threw.
 */
export function withFailures<T extends object>(activities: T): T {
  const wrapped = Object.entries(activities as unknown as Activities).map(([name, run]) => [
    name,
    async (request: never) => {
      try {
        return await run(request);
      } catch (error) {
        if (error instanceof CancelledFailure) throw error;
        if (Context.current().cancellationSignal.aborted) throw new CancelledFailure('cancelled while at work');
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}
