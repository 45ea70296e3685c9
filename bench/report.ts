import { availableParallelism, cpus, totalmem } from 'node:os';
import { renderTable } from '../src/cli/output/table.ts';
import type { BenchOptions } from './bench-options.ts';
import { median, overheadMs, stepRows, totalCpuMs, type Measured } from './figures.ts';
import { judge, type Goal } from './goals.ts';

/** A table as rows of cells; all but the first column are figures. */
interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Report {
  readonly at: string;
  readonly machine: string;
  readonly run: string;
  readonly goals: readonly Goal[];
  readonly tables: readonly Table[];
}

/** Puts what was measured into tables. */
export function makeReport(measured: Measured, options: BenchOptions): Report {
  const load = measured.load.map((value) => value.toFixed(1)).join(', ');
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return {
    at: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${memory}, Node ${process.versions.node}, load average ${load} at the end`,
    run: `${options.tasks} tasks at ${options.slots} slots; single tasks: median of ${options.rounds}`,
    goals: judge(measured),
    tables: [sides(measured), parts(measured), steps(measured), memoryOf(measured)],
  };
}

function sides({ single, batch }: Measured): Table {
  const bareOne = single.bare.flatMap(({ runs }) => runs);
  const fleetOne = single.fleet.flatMap(({ runs }) => runs);
  const tasks = batch.fleet.runs.length;
  const bareCpu = median(bareOne.map(({ cpuMs }) => cpuMs));
  const fleetCpu = whole(single.fleet.map(totalCpuMs));
  const bareBatchCpu = batch.bare.runs.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const row = (title: string, bare: number, fleet: number | undefined): string[] => [
    title,
    hasRun(bare) ? seconds(bare) : '–',
    fleet === undefined ? '–' : seconds(fleet),
    fleet === undefined || !hasRun(bare) ? '–' : `${(fleet / bare).toFixed(2)} ×`,
  ];
  return {
    title: 'The same work by both',
    head: ['', 'script', 'taskfleet', 'ratio'],
    rows: [
      row('1 task, wall', median(bareOne.map(({ wallMs }) => wallMs)), median(fleetOne.map(({ wallMs }) => wallMs))),
      row('1 task, processor', bareCpu, fleetCpu),
      row(
        '1 task, sessions',
        median(bareOne.map(({ sessionMs }) => sessionMs)),
        median(fleetOne.map(({ sessionMs }) => sessionMs)),
      ),
      row('1 task, gates', median(bareOne.map(({ gateMs }) => gateMs)), median(fleetOne.map(({ gateMs }) => gateMs))),
      row(
        '1 task, the rest',
        median(bareOne.map((run) => run.wallMs - run.sessionMs - run.gateMs)),
        median(fleetOne.map(overheadMs)),
      ),
      row(`${tasks} tasks, wall`, batch.bare.wallMs, batch.fleet.wallMs),
      row(`${tasks} tasks, processor`, bareBatchCpu, totalCpuMs(batch.fleet)),
    ],
  };
}

/** A side that was left out took no time at all. */
function hasRun(ms: number): boolean {
  return ms > 1;
}

function whole(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? median(known) : undefined;
}

function parts({ single, batch }: Measured): Table {
  const per = (read: (cpu: NonNullable<(typeof batch.fleet)['cpu']>) => number): string[] => {
    const one = single.fleet.flatMap(({ cpu }) => (cpu ? [read(cpu)] : []));
    const { cpu, runs } = batch.fleet;
    return [seconds(median(one)), cpu ? seconds(read(cpu) / runs.length) : '–'];
  };
  return {
    title: 'Processor time of taskfleet, per task',
    head: ['', '1 task', `of ${batch.fleet.runs.length}`],
    rows: [
      ['coordinator, with its git', ...per((cpu) => cpu.coordinator)],
      ['host', ...per((cpu) => cpu.host)],
      ["host's children: sessions, gates, git", ...per((cpu) => cpu.hostChildren)],
      ['Temporal server', ...per((cpu) => cpu.server)],
    ],
  };
}

function steps({ single }: Measured): Table {
  const rows = stepRows(single.fleet.flatMap(({ runs }) => runs));
  return {
    title: 'Where the time of one task goes, ms',
    head: ['activity', 'waited for a worker', 'ran', 'of it session or gates', 'ours'],
    rows: rows.map(({ name, queuedMs, ranMs, paidMs }) => [
      name,
      ...[queuedMs, ranMs, paidMs, queuedMs + ranMs - paidMs].map((value) => value.toFixed(0)),
    ]),
  };
}

function memoryOf({ processes }: Measured): Table {
  const row = (title: string, usage: Measured['processes']['host']): string[] => [
    title,
    usage ? megabytes(usage.rssKb) : '–',
    usage ? megabytes(usage.peakKb) : '–',
  ];
  return {
    title: 'Memory of taskfleet, resident, MB',
    head: ['', 'at the end', 'most'],
    rows: [
      row('coordinator', processes.coordinator),
      row('host, without its children', processes.host),
      row('Temporal server', processes.server),
    ],
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function megabytes(kilobytes: number): string {
  return (kilobytes / 1024).toFixed(0);
}

const GOAL_HEAD = ['goal', 'wanted', 'measured', ''];

function verdict(goal: Goal, judgeTimes: boolean): string {
  if (goal.timed && !judgeTimes) return 'not judged';
  return goal.met ? 'met' : 'missed';
}

function goalTable({ goals }: Report, judgeTimes: boolean): Table {
  const rows = goals.map((goal) => [goal.what, goal.goal, goal.measured, verdict(goal, judgeTimes)]);
  return { title: 'Goals', head: GOAL_HEAD, rows };
}

/** For a terminal. */
export function renderReport(report: Report, judgeTimes: boolean): string {
  const tables = [...report.tables, goalTable(report, judgeTimes)].flatMap(({ title, head, rows }) => {
    const columns = head.map((name, index) => ({
      title: name,
      align: index === 0 ? ('left' as const) : ('right' as const),
    }));
    return ['', title, ...renderTable(columns, rows)];
  });
  return [`${report.run}`, report.machine, ...tables, ''].join('\n');
}

const BEGIN = '<!-- bench: generated from here -->';
const END = '<!-- bench: generated to here -->';

/** The text of a Markdown file with its generated part replaced; throws where it has none. */
export function replaceFigures(text: string, report: Report): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the file has no lines '${BEGIN}' and '${END}'`);
  const tables = [goalTable(report, true), ...report.tables].map(({ title, head, rows }) =>
    [
      `### ${title}`,
      '',
      `| ${head.join(' | ')} |`,
      `|${head.map((_, index) => (index === 0 ? ' --- ' : ' ---: ')).join('|')}|`,
      ...rows.map((row) => `| ${row.join(' | ')} |`),
    ].join('\n'),
  );
  const intro = `Run of ${report.at} UTC: ${report.run}. Machine: ${report.machine}.`;
  return `${text.slice(0, from)}${[BEGIN, intro, ...tables, END].join('\n\n')}${text.slice(to + END.length)}`;
}
