import type { ControlActivities } from '../src/contract/activities.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import type { Submitter } from '../src/temporal/submit-task.ts';

/** The two ends of a task: finding out which one an input means, and closing its books. */
export function createSubmissionActivities(deps: {
  readonly submitter: Submitter;
  readonly ledger: Ledger;
}): Pick<ControlActivities, 'submitTask' | 'closeTask'> {
  return {
    submitTask: ({ input, requester }) => deps.submitter.submit(input, requester),
    async closeTask({ id, epoch, state, reason, costUsd, turns }) {
      await deps.ledger.end(id, epoch, { state, reason, costUsd, turns });
    },
  };
}
