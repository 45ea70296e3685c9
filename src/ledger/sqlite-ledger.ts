import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { HostReport } from '../contract/host-report.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { inTransaction } from './in-transaction.ts';
import type { Ledger, LedgerTask } from './ledger.ts';
import { SELECT_TASK, toLedgerTask } from './ledger-row.ts';
import { migrate } from './migrate.ts';
import { isBusy, toLedgerFailure } from './sqlite-failure.ts';

const BUSY_MS = 5_000;

type Values = Record<string, SQLInputValue>;

/**
 * Opens the ledger in one SQLite file, makes it where there is none, and brings its schema up to date.
 * Each write is on the disk when its promise resolves. Throws TypedError ConfigError for a file that is
 * newer than this version, damaged or not writable, DiskFull when there is no room.
 */
export async function openSqliteLedger({ file }: { readonly file: string }): Promise<Ledger> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return createLedger(await openDatabase(file), file);
  } catch (error) {
    throw toLedgerFailure(error, file);
  }
}

async function openDatabase(file: string): Promise<DatabaseSync> {
  const database = new DatabaseSync(file);
  try {
    // first of all, so that the others already wait instead of failing
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    await useWriteAheadLog(database);
    // an epoch that was given out must not be given out again after a power cut
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA foreign_keys = ON');
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite does not wait for this lock by itself: two processes that make the file at once would fail. */
async function useWriteAheadLog(database: DatabaseSync): Promise<void> {
  const deadline = Date.now() + BUSY_MS;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      await sleep(20);
    }
  }
}

function createLedger(database: DatabaseSync, file: string): Ledger {
  const write = <T>(work: () => T): Promise<T> => read(() => inTransaction(database, work));
  // SQLite answers at once: what it throws becomes a rejection all the same
  const read = <T>(work: () => T): Promise<T> => new Promise((resolve) => resolve(guarded(work)));
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw toLedgerFailure(error, file);
    }
  };
  const run = (sql: string, values: Values) => database.prepare(sql).run(values);
  const find = (id: string): LedgerTask | undefined => {
    const row = database.prepare(`${SELECT_TASK} WHERE id = ?`).get(id);
    return row && toLedgerTask(row);
  };
  const requireNewest = (id: string, epoch: number): LedgerTask => {
    const task = find(id);
    if (task?.epoch === epoch) return task;
    throw superseded(id, epoch, task?.epoch);
  };
  /** Writes to a task, with the check of the epoch in the same transaction. */
  const writeFenced = (id: string, epoch: number, work: () => void): Promise<void> =>
    write(() => {
      requireNewest(id, epoch);
      work();
    });

  return {
    beginRun: (begun) =>
      write(() => {
        const { id, runId, generation, repo, issue, source } = begun;
        const known = database.prepare('SELECT epoch FROM runs WHERE task_id = ? AND run_id = ?').get(id, runId);
        if (known) return { ...(find(id) as LedgerTask), epoch: Number(known['epoch']) };
        const at = new Date().toISOString();
        run(
          `INSERT INTO tasks (id, generation, epoch, repo, issue, source, created_at)
           VALUES (:id, :generation, 1, :repo, :issue, :source, :at)
           ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1, generation = max(generation, excluded.generation),
             repo = excluded.repo, issue = excluded.issue, source = excluded.source,
             state = 'running', reason = NULL, ended_at = NULL`,
          { id, generation, repo, issue, source, at },
        );
        run(
          `INSERT INTO runs (task_id, epoch, run_id, generation, begun_at)
           SELECT id, epoch, :runId, :generation, :at FROM tasks WHERE id = :id`,
          { id, runId, generation, at },
        );
        return find(id) as LedgerTask;
      }),
    fixBranch: (id, epoch, { branch, base, title, specialty }) =>
      write(() => {
        requireNewest(id, epoch);
        // branch and base are fixed together: the second writer gets both of the first
        run(
          `UPDATE tasks SET base = CASE WHEN branch IS NULL THEN :base ELSE base END,
             branch = coalesce(branch, :branch), title = :title, specialty = :specialty WHERE id = :id`,
          { id, branch, base, title, specialty },
        );
        return find(id) as LedgerTask;
      }),
    recordPush: (id, epoch, sha) =>
      writeFenced(id, epoch, () => run('UPDATE tasks SET pushed_sha = :sha WHERE id = :id', { id, sha })),
    recordPullRequest: (id, epoch, { number, url }) =>
      writeFenced(id, epoch, () =>
        run('UPDATE tasks SET pr_number = :number, pr_url = :url WHERE id = :id', { id, number, url }),
      ),
    checkEpoch: (id, epoch) => read(() => void requireNewest(id, epoch)),
    end: (id, epoch, { state, reason, costUsd, turns }) =>
      writeFenced(id, epoch, () => {
        const at = new Date().toISOString();
        run('UPDATE tasks SET state = :state, reason = :reason, ended_at = coalesce(ended_at, :at) WHERE id = :id', {
          id,
          state,
          reason,
          at,
        });
        run(
          `UPDATE runs SET state = :state, reason = :reason, cost_usd = :costUsd, turns = :turns,
             ended_at = coalesce(ended_at, :at) WHERE task_id = :id AND epoch = :epoch`,
          { id, epoch, state, reason, costUsd, turns, at },
        );
      }),
    find: (id) => read(() => find(id)),
    list: ({ state = null, repo = null, limit }) =>
      read(() =>
        database
          .prepare(
            `${SELECT_TASK} WHERE (:state IS NULL OR state = :state) AND (:repo IS NULL OR repo = :repo)
             ORDER BY created_at DESC, rowid DESC LIMIT :limit`,
          )
          .all({ state, repo, limit })
          .map(toLedgerTask),
      ),
    recentCosts: ({ repo }) =>
      read(() =>
        database
          .prepare(`${SELECT_TASK} WHERE state = 'completed' AND repo IS ? ORDER BY ended_at DESC, rowid DESC LIMIT 50`)
          .all(repo)
          .map((row) => toLedgerTask(row).costUsd),
      ),
    recordHost: (report) =>
      write(
        () =>
          void run(
            `INSERT INTO hosts (id, report, seen_at) VALUES (:id, :report, :at)
             ON CONFLICT (id) DO UPDATE SET report = excluded.report, seen_at = excluded.seen_at`,
            { id: report.hostId, report: JSON.stringify(report), at: new Date().toISOString() },
          ),
      ),
    listHosts: () =>
      read(() =>
        database
          .prepare('SELECT report, seen_at FROM hosts ORDER BY seen_at DESC, id')
          .all()
          // a report of another version may look different: the host's next one, in seconds, takes its place
          .flatMap((row) => {
            const report = HostReport.safeParse(JSON.parse(String(row['report'])));
            return report.success ? [{ ...report.data, seenAt: String(row['seen_at']) }] : [];
          }),
      ),
    close: () => database.close(),
  };
}

function superseded(id: string, epoch: number, newest: number | undefined): TypedError {
  if (newest === undefined) {
    return new TypedError(FailureType.WorkspaceLost, `The ledger knows no task ${id}.`, {
      hint: 'Was the data folder of the coordinator replaced? Start the task again.',
    });
  }
  return new TypedError(
    FailureType.WorkspaceLost,
    `Run ${epoch} of ${id} was superseded by run ${newest}: nothing of it is published any more.`,
    { hint: 'Nothing has to be done: the newer run goes on with the task.' },
  );
}
