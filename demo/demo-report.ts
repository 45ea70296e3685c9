import { TaskState } from '../src/domain/task-state.ts';
import { dollars, duration } from '../src/cli/output/figures.ts';
import type { Palette } from '../src/cli/output/output.ts';
import { paintState } from '../src/cli/output/state-color.ts';
import { renderTable } from '../src/cli/output/table.ts';
import type { BranchVerdict } from './check-branch.ts';
import type { WatchedTask } from './watch-tasks.ts';

/** What became of one issue; times in milliseconds. */
export interface DemoRow {
  readonly package: string;
  readonly version: string;
  readonly task: string;
  readonly issue: { readonly number: number; readonly title: string; readonly url: string };
  readonly specialty: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly branch: string | null;
  readonly pullRequest: string | null;
  /** How often the change was worked on: 2 is one repair. */
  readonly rounds: number;
  readonly gates: readonly { readonly name: string; readonly verdict: string; readonly summary: string }[];
  /** Our own check of the pushed branch; null where there was none to check. */
  readonly check: BranchVerdict | null;
  readonly wallMs: number;
  readonly sessionMs: number;
  readonly gateMs: number;
  /** The package's own set-up, such as npm ci. */
  readonly setupMs: number;
  /** What is neither session nor gate: clones, set-up, commits, pushes, calls, waiting for a processor. */
  readonly oursMs: number;
  readonly costUsd: number;
}

export function toRow(task: WatchedTask, check: BranchVerdict | null): DemoRow {
  const { demo, status, issue } = task;
  const wallMs = status?.endedAt ? Date.parse(status.endedAt) - Date.parse(status.startedAt) : 0;
  const { sessionMs = 0, gateMs = 0, setupMs = 0 } = status?.time ?? {};
  return {
    package: demo.name,
    version: demo.version,
    task: task.id,
    issue: { ...issue, title: demo.issue.title },
    specialty: status?.specialty ?? null,
    state: status?.state ?? 'unknown',
    reason: status?.reason ?? null,
    branch: status?.branch ?? null,
    pullRequest: status?.pullRequest?.url ?? null,
    rounds: Math.max(0, ...(status?.stages ?? []).filter(({ type }) => type === 'code').map(({ rounds }) => rounds)),
    gates: (status?.gates ?? []).map(({ name, verdict, summary }) => ({ name, verdict, summary })),
    check,
    wallMs,
    sessionMs,
    gateMs,
    setupMs,
    oursMs: Math.max(0, wallMs - sessionMs - gateMs - setupMs),
    costUsd: status?.spend.usd ?? 0,
  };
}

/** Whether the issue became a pull request whose branch stands up to our own check. */
export function succeeded(row: DemoRow): boolean {
  return row.state === TaskState.Completed && row.pullRequest !== null && row.check?.passes === true;
}

export function renderRows(rows: readonly DemoRow[], palette: Palette): string[] {
  const table = renderTable(
    [
      { title: 'Issue' },
      { title: 'State' },
      { title: 'Pull request' },
      { title: 'Rounds', align: 'right' },
      { title: 'Gates' },
      { title: 'Branch' },
      { title: 'Wall', align: 'right' },
      { title: 'Ours', align: 'right' },
      { title: 'Cost', align: 'right' },
    ],
    rows.map((row) => [
      `${row.package}#${row.issue.number}`,
      paintState(row.state, palette),
      row.pullRequest ?? '–',
      String(row.rounds),
      row.gates.map(({ name, verdict, summary }) => `${name} ${verdict} (${summary})`).join(', ') || '–',
      row.check === null ? '–' : row.check.passes ? palette.green('passes') : palette.red('does not pass'),
      duration(row.wallMs),
      duration(row.oursMs),
      dollars(row.costUsd),
    ]),
  );
  const problems = rows.flatMap((row) => [
    ...(row.check?.problems ?? []).map((problem) => `${row.package}: ${problem}`),
    ...(row.state !== TaskState.Completed && row.reason ? [`${row.package}: ${row.reason}`] : []),
  ]);
  return [...table, ...(problems.length > 0 ? ['', ...problems] : [])];
}
