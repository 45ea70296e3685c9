import { FailureType } from '../domain/failure-type.ts';

/** How a command ends, for scripts that ask. */
export const ExitCode = {
  Ok: 0,
  Failure: 1,
  Usage: 2,
  NotFound: 3,
  CannotConnect: 4,
  TaskUnsuccessful: 5,
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The part of `--help` that documents them. */
export const EXIT_CODE_HELP = `Exit codes:
  0    done
  1    failed; the error says why
  2    wrong usage, bad input or bad configuration
  3    not found: task, issue, repository, branch
  4    cannot connect to Temporal, the coordinator or the forge
  5    the task ended without success (run --watch, logs -f)
  130  interrupted`;

const BY_FAILURE: Partial<Record<FailureType, ExitCode>> = {
  [FailureType.BadInput]: ExitCode.Usage,
  [FailureType.BadDefinition]: ExitCode.Usage,
  [FailureType.ConfigError]: ExitCode.Usage,
  [FailureType.IssueClosed]: ExitCode.Usage,
  [FailureType.IssueIsPullRequest]: ExitCode.Usage,
  [FailureType.RepositoryNotFound]: ExitCode.NotFound,
  [FailureType.BaseNotFound]: ExitCode.NotFound,
  [FailureType.IssueNotFound]: ExitCode.NotFound,
  [FailureType.Network]: ExitCode.CannotConnect,
  [FailureType.Overloaded]: ExitCode.CannotConnect,
};

/** The exit code of a typed failure. */
export function exitCodeOf(type: FailureType): ExitCode {
  return BY_FAILURE[type] ?? ExitCode.Failure;
}
