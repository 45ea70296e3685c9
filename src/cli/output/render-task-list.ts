import type { LedgerTask } from '../../ledger/ledger.ts';
import type { TaskRow } from '../task-service.ts';
import { ago, dollars } from './figures.ts';
import type { Palette } from './output.ts';
import { plainText } from './plain-text.ts';
import { paintState } from './state-color.ts';
import { renderTable } from './table.ts';

/** A task as `list` shows it: Temporal knows what it is doing, the ledger what became of it and what it cost. */
export interface ListedTask {
  readonly id: string;
  readonly state: string;
  readonly stage: string | null;
  readonly title: string | null;
  readonly repo: string | null;
  readonly issue: number | null;
  readonly specialty: string | null;
  readonly pullRequest: string | null;
  readonly costUsd: number | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** Joins what Temporal and the ledger say, newest first; each may lack what the other has. */
export function joinTasks(rows: readonly TaskRow[], remembered: readonly LedgerTask[]): ListedTask[] {
  const ledger = new Map(remembered.map((task) => [task.id, task]));
  const running = rows.map((row) => joinTask(row, ledger.get(row.id)));
  const known = new Set(rows.map((row) => row.id));
  const older = remembered.filter((task) => !known.has(task.id)).map(fromLedger);
  return [...running, ...older].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

function joinTask(row: TaskRow, task: LedgerTask | undefined): ListedTask {
  const { id, startedAt, endedAt } = row;
  const isRunning = row.execution === 'RUNNING';
  const known = task === undefined ? NOTHING : fromLedger(task);
  return {
    ...known,
    id,
    state: isRunning ? (row.state ?? 'queued') : stateOfEnded(row, task),
    stage: isRunning ? row.stage : null,
    repo: row.repo ?? known.repo,
    issue: row.issue ?? known.issue,
    specialty: row.specialty ?? known.specialty,
    startedAt,
    endedAt,
  };
}

const NOTHING = { title: null, repo: null, issue: null, specialty: null, pullRequest: null, costUsd: null } as const;

function stateOfEnded(row: TaskRow, task: LedgerTask | undefined): string {
  if (task && task.state !== 'running') return task.state;
  return row.state ?? row.execution.toLowerCase();
}

function fromLedger(task: LedgerTask): ListedTask {
  const { id, state, title, repo, issue, specialty, costUsd, createdAt, endedAt } = task;
  const pullRequest = task.pullRequest?.url ?? null;
  return { id, state, stage: null, title, repo, issue, specialty, pullRequest, costUsd, startedAt: createdAt, endedAt };
}

export function renderTaskList(tasks: readonly ListedTask[], place: { palette: Palette; now: Date }): string[] {
  if (tasks.length === 0) return ["No tasks. Start one with 'taskfleet run --repo owner/name --issue 12'."];
  return renderTable(
    [
      { title: 'Task' },
      { title: 'State' },
      { title: 'Specialty' },
      { title: 'Started' },
      { title: 'Cost', align: 'right' },
      { title: 'Title and pull request' },
    ],
    tasks.map((task) => [
      task.id,
      paintState(task.state, place.palette),
      task.specialty ?? '',
      ago(task.startedAt, place.now),
      task.costUsd === null ? '' : dollars(task.costUsd),
      [plainText(task.title ?? '', 50), task.pullRequest].filter(Boolean).join('  '),
    ]),
  );
}
