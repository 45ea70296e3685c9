/** Every way in which a step can fail, as the `type` of an ApplicationFailure; `activities/failures.ts` alone maps raw errors to these. */
export const FailureType = {
  // the submitter's to mend: never retried
  BadInput: 'BadInput',
  BadDefinition: 'BadDefinition',
  RepositoryNotFound: 'RepositoryNotFound',
  RepositoryEmpty: 'RepositoryEmpty',
  BaseNotFound: 'BaseNotFound',
  IssueNotFound: 'IssueNotFound',
  IssueClosed: 'IssueClosed',
  IssueIsPullRequest: 'IssueIsPullRequest',
  // the operator's to mend: never retried
  AccessDenied: 'AccessDenied',
  ConfigError: 'ConfigError',
  AuthRequired: 'AuthRequired',
  BillingBlocked: 'BillingBlocked',
  ClaudeMissing: 'ClaudeMissing',
  // the change itself: never retried blindly
  BundleRefused: 'BundleRefused',
  PushRefused: 'PushRefused',
  SetupFailed: 'SetupFailed',
  Refused: 'Refused',
  // gone from here: the task goes on from what was captured, not by asking again
  HostLost: 'HostLost',
  WorkspaceLost: 'WorkspaceLost',
  // passing trouble: retried with backoff
  HostBusy: 'HostBusy',
  DiskFull: 'DiskFull',
  ResourceShortage: 'ResourceShortage',
  AgentCrashed: 'AgentCrashed',
  Stalled: 'Stalled',
  Overloaded: 'Overloaded',
  RateLimited: 'RateLimited',
  Network: 'Network',
  GitFailed: 'GitFailed',
  ForgeFailed: 'ForgeFailed',
  Unexpected: 'Unexpected',
} as const;
export type FailureType = (typeof FailureType)[keyof typeof FailureType];

/** The types that no retry can mend, so that a retry policy need not try. */
export const NON_RETRYABLE: FailureType[] = [
  FailureType.BadInput,
  FailureType.BadDefinition,
  FailureType.RepositoryNotFound,
  FailureType.RepositoryEmpty,
  FailureType.BaseNotFound,
  FailureType.IssueNotFound,
  FailureType.IssueClosed,
  FailureType.IssueIsPullRequest,
  FailureType.AccessDenied,
  FailureType.ConfigError,
  FailureType.AuthRequired,
  FailureType.BillingBlocked,
  FailureType.ClaudeMissing,
  FailureType.BundleRefused,
  FailureType.PushRefused,
  FailureType.SetupFailed,
  FailureType.Refused,
  FailureType.HostLost,
  FailureType.WorkspaceLost,
];

/** Whether a failure of this type ends the step at once. */
export function isFinal(type: FailureType): boolean {
  return NON_RETRYABLE.includes(type);
}
