/** Tasks, the runs that worked on them, and the hosts that were seen. */
export const sql = `
  CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    generation INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    repo TEXT,
    issue INTEGER,
    title TEXT NOT NULL DEFAULT '',
    specialty TEXT,
    source TEXT NOT NULL,
    branch TEXT,
    base TEXT,
    pushed_sha TEXT,
    pr_number INTEGER,
    pr_url TEXT,
    state TEXT NOT NULL DEFAULT 'running',
    reason TEXT,
    created_at TEXT NOT NULL,
    ended_at TEXT
  ) STRICT;
  CREATE INDEX tasks_by_age ON tasks (created_at);
  CREATE INDEX tasks_by_repo ON tasks (repo, created_at);
  CREATE INDEX tasks_by_state ON tasks (state, created_at);

  CREATE TABLE runs (
    task_id TEXT NOT NULL REFERENCES tasks (id),
    epoch INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'running',
    reason TEXT,
    cost_usd REAL NOT NULL DEFAULT 0,
    turns INTEGER NOT NULL DEFAULT 0,
    begun_at TEXT NOT NULL,
    ended_at TEXT,
    PRIMARY KEY (task_id, epoch),
    UNIQUE (task_id, run_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE hosts (
    id TEXT PRIMARY KEY,
    report TEXT NOT NULL,
    seen_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX hosts_by_report ON hosts (seen_at);
`;
