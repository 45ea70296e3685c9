import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeLedger } from '../../test/support/ledger-contract.ts';
import { toLedgerFailure } from './sqlite-failure.ts';
import { openSqliteLedger } from './sqlite-ledger.ts';

describeLedger('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  return {
    open: () => openSqliteLedger({ file: join(folder, 'deep', 'ledger.db') }),
    remove: () => rm(folder, { recursive: true }),
  };
});

describe('a SQLite file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    file = join(folder, 'ledger.db');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('of a newer schema is refused with what to do, and left as it was', async () => {
    (await openSqliteLedger({ file })).close();
    const database = new DatabaseSync(file);
    database.exec("INSERT INTO migrations (version, name, applied_at) VALUES (999, 'later', 'then')");
    database.close();

    const attempt = openSqliteLedger({ file });

    await expect(attempt).rejects.toMatchObject({
      type: 'ConfigError',
      message: expect.stringContaining('schema 999'),
      hint: expect.stringContaining('newer taskfleet'),
    });
  });

  it('that is no database is refused as damaged', async () => {
    await writeFile(file, 'this is no database, but it is long enough to be taken for one'.repeat(100));

    const attempt = openSqliteLedger({ file });

    await expect(attempt).rejects.toMatchObject({ type: 'ConfigError', message: expect.stringContaining(file) });
  });

  it('is kept in WAL mode, with every migration noted once however often it was opened', async () => {
    (await openSqliteLedger({ file })).close();
    (await openSqliteLedger({ file })).close();

    const database = new DatabaseSync(file);
    const mode = database.prepare('PRAGMA journal_mode').get();
    const migrations = database.prepare('SELECT version, name FROM migrations').all();
    database.close();
    expect(mode).toMatchObject({ journal_mode: 'wal' });
    expect(migrations).toEqual([expect.objectContaining({ version: 1, name: '0001-tasks' })]);
  });

  it('that has no room left is told apart as a full disk', () => {
    const database = new DatabaseSync(file);
    // SQLite's own limit raises the very error that a full disk does
    database.exec('CREATE TABLE big (content TEXT); PRAGMA max_page_count = 4');
    let raw: unknown;

    try {
      database.exec('INSERT INTO big VALUES (hex(zeroblob(100000)))');
    } catch (error) {
      raw = error;
    }
    database.close();

    expect(raw).toMatchObject({ code: 'ERR_SQLITE_ERROR' });
    expect(toLedgerFailure(raw, file)).toMatchObject({ type: 'DiskFull', message: expect.stringContaining(file) });
  });

  it('whose folder cannot be made is refused', async () => {
    await writeFile(join(folder, 'blocked'), '');

    const attempt = openSqliteLedger({ file: join(folder, 'blocked', 'ledger.db') });

    await expect(attempt).rejects.toMatchObject({ type: 'ConfigError' });
  });
});
