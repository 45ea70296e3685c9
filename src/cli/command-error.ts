import { TypedError } from '../domain/typed-error.ts';
import { ExitCode, exitCodeOf } from './exit-code.ts';

/** Thrown by a command for what is the command line's own affair: a task that is not there, a misuse. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, message: string, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

export interface ErrorReport {
  readonly message: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;
  /** The failure type, or `CommandError`, or the name of an error that nobody foresaw. */
  readonly type: string;
}

/** What a person and a script are told about an error. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof CommandError) {
    return { message: error.message, hint: error.hint, exitCode: error.exitCode, type: error.name };
  }
  if (error instanceof TypedError) {
    return { message: error.message, hint: error.hint, exitCode: exitCodeOf(error.type), type: error.type };
  }
  const message = error instanceof Error ? error.message : String(error);
  const type = error instanceof Error ? error.name : 'Error';
  return {
    message,
    hint: 'run it again with --verbose to see where this comes from',
    exitCode: ExitCode.Failure,
    type,
  };
}
