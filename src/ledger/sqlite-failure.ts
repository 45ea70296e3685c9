import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** What SQLite said, as a failure that a person or a retry can mend; anything else as it came. */
export function toLedgerFailure(error: unknown, file: string): unknown {
  const code = primaryCode(error);
  const cause = { cause: error };
  switch (code) {
    case SQLITE_FULL:
      return new TypedError(FailureType.DiskFull, `The disk is full: the ledger ${file} could not be written.`, {
        hint: 'Free some space on the disk of the data folder.',
        ...cause,
      });
    case SQLITE_BUSY:
      return new TypedError(FailureType.ResourceShortage, `The ledger ${file} is locked by another process.`, {
        hint: 'Only one coordinator may use a data folder: stop the other one.',
        ...cause,
      });
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new TypedError(FailureType.ConfigError, `The ledger ${file} is damaged or is no ledger.`, {
        hint: 'Restore it from a backup, as deploy/runbook.md says.',
        ...cause,
      });
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return new TypedError(FailureType.ConfigError, `The ledger ${file} cannot be opened for writing.`, {
        hint: 'Check that its folder exists and belongs to the account that runs the coordinator.',
        ...cause,
      });
    default:
      return error;
  }
}

function primaryCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  // extended codes carry the primary one in their low byte
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  // the folder could not be made
  return 'syscall' in error ? SQLITE_CANTOPEN : undefined;
}

/** Whether another process holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === SQLITE_BUSY;
}
