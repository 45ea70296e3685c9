import { ApplicationFailure } from '@temporalio/workflow';

/** Ends as a task does that finds nothing to work on. */
export async function task(): Promise<void> {
  throw ApplicationFailure.nonRetryable('issue 6 is closed', 'IssueClosed');
}
