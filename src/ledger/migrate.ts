import type { DatabaseSync } from 'node:sqlite';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { inTransaction } from './in-transaction.ts';
import { ALL_MIGRATIONS } from './migrations/all-migrations.ts';

/**
 * Brings the schema up to this version's: all of it or nothing, also when two processes open the file at once.
 * Throws TypedError ConfigError for a file that a newer taskfleet has changed.
 */
export function migrate(database: DatabaseSync, file: string): void {
  inTransaction(database, () => {
    database.exec(
      'CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
    );
    const row = database.prepare('SELECT coalesce(max(version), 0) AS version FROM migrations').get();
    const version = Number(row?.['version'] ?? 0);
    if (version > ALL_MIGRATIONS.length) throw tooNew(file, version);
    for (const [index, migration] of ALL_MIGRATIONS.entries()) {
      if (index < version) continue;
      database.exec(migration.sql);
      database
        .prepare('INSERT INTO migrations (version, name, applied_at) VALUES (?, ?, ?)')
        .run(index + 1, migration.name, new Date().toISOString());
    }
  });
}

function tooNew(file: string, version: number): TypedError {
  return new TypedError(
    FailureType.ConfigError,
    `The ledger ${file} has schema ${version}; this taskfleet knows schemas up to ${ALL_MIGRATIONS.length}.`,
    { hint: 'Run the newer taskfleet that wrote it, or restore the backup made before that upgrade.' },
  );
}
