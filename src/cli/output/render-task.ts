import type { TaskStatus } from '../../contract/task-status.ts';
import { howToGetFiles, patchOf } from '../patch-of.ts';
import { ago, dollars, duration } from './figures.ts';
import type { Palette } from './output.ts';
import { plainLines, plainText } from './plain-text.ts';
import { paintState } from './state-color.ts';
import { renderStages } from './render-stages.ts';
import { renderTable } from './table.ts';

export interface RenderPlace {
  readonly palette: Palette;
  readonly now: Date;
}

/** Everything that `show` says of one task. */
export function renderTask(task: TaskStatus, place: RenderPlace): string[] {
  const { palette, now } = place;
  const lines = [
    `${palette.bold(task.id)}  ${paintState(task.state, palette)}`,
    ...(task.title ? [plainText(task.title, 200)] : []),
    '',
    ...facts(task, now).map(([name, value]) => `${palette.dim(name.padEnd(12))}${value}`),
  ];
  if (task.reason) lines.push('', `${palette.bold('Reason')}  ${plainText(task.reason, 2000)}`);
  if (task.stages.length > 0) lines.push('', ...renderStages(task.stages, place));
  if (task.gates.length > 0) lines.push('', ...renderGates(task));
  if (task.answer) lines.push('', palette.bold('Answer'), ...plainLines(task.answer).map((line) => `  ${line}`));
  if (task.waitingFor) {
    const until = task.waitingFor.until ? ` until ${task.waitingFor.until}` : '';
    lines.push('', `${palette.yellow('Waiting for')} ${plainText(task.waitingFor.what)}${until}`);
  }
  if (task.actions.length > 0) lines.push(`You can: ${task.actions.map((action) => plainText(action)).join(', ')}`);
  lines.push(...renderRemarks('Refused', task.refusals, now), ...renderRemarks('Notes', task.notes, now));
  return lines;
}

function facts(task: TaskStatus, now: Date): [string, string][] {
  const end = task.endedAt === null ? now : new Date(task.endedAt);
  const took = duration(end.getTime() - Date.parse(task.startedAt));
  const { spend, time } = task;
  const all: [string, string | null][] = [
    ['repository', task.repo],
    ['issue', issueOf(task)],
    ['pull request', task.pullRequest?.url ?? null],
    ['delivery', patchOf(task) === null ? task.delivery : howToGetFiles(task.id)],
    ['branch', withMore(task.branch, task.base === null ? '' : ` from ${task.base}`)],
    ['specialty', withMore(task.specialty, task.model === null ? '' : ` (${task.model})`)],
    ['definition', task.definition],
    ['host', task.host],
    ['spend', `${dollars(spend.usd)} of ${dollars(spend.capUsd)}, ${spend.sessions} sessions, ${spend.turns} turns`],
    [
      'time',
      `${took}: sessions ${duration(time.sessionMs)}, gates ${duration(time.gateMs)}, set-up ${duration(time.setupMs)}`,
    ],
    ['run', task.generation > 1 ? `number ${task.generation}` : null],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, plainText(value)] as [string, string]]));
}

function issueOf(task: TaskStatus): string | null {
  return task.issueUrl ?? (task.issue === null ? null : `#${task.issue}`);
}

function withMore(text: string | null, more: string): string | null {
  return text === null ? null : text + more;
}

function renderGates(task: TaskStatus): string[] {
  return renderTable(
    [{ title: 'Gate' }, { title: 'Verdict' }, { title: 'Time', align: 'right' }, { title: 'Result' }],
    task.gates.map((gate) => [gate.name, gate.verdict, duration(gate.durationMs), plainText(gate.summary, 80)]),
  );
}

function renderRemarks(title: string, remarks: TaskStatus['notes'], now: Date): string[] {
  if (remarks.length === 0) return [];
  return ['', `${title}:`, ...remarks.map(({ at, message }) => `  ${ago(at, now)}: ${plainText(message, 500)}`)];
}
