import type { DatabaseSync } from 'node:sqlite';

/** Runs the work with the write lock held from the start, so that what it reads cannot change before it writes. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // a full disk may have rolled back already
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
