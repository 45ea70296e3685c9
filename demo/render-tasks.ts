import type { LogEntry } from '../src/contract/log-entry.ts';
import { duration } from '../src/cli/output/figures.ts';
import type { Palette } from '../src/cli/output/output.ts';
import { plainText } from '../src/cli/output/plain-text.ts';
import { paintState, stageMark } from '../src/cli/output/state-color.ts';
import type { WatchedTask } from './watch-tasks.ts';

export interface Canvas {
  readonly palette: Palette;
  readonly width: number;
  readonly now: Date;
}

/** The folder of a task's files, which says nothing to a person. */
const WORKSPACE = /\/\S*\/workspaces\/[^/\s]+\/work\//g;

/** Three lines for each task: what and where it is, its stages, and what it does at this moment. */
export function renderTasks(tasks: readonly WatchedTask[], canvas: Canvas): string[] {
  return tasks.flatMap((task) => renderTask(task, canvas));
}

function renderTask(task: WatchedTask, { palette, width, now }: Canvas): string[] {
  const { status, demo } = task;
  const title = plainText(demo.issue.title, Math.max(20, width - demo.name.length - 32));
  const name = palette.bold(`${demo.name}#${task.issue.number}`);
  if (!status) return [`${name}  ${title}`, palette.dim('  submitted'), ''];
  const end = status.endedAt === null ? now.getTime() : Date.parse(status.endedAt);
  const elapsed = duration(end - Date.parse(status.startedAt));
  const stages = status.stages.map((stage) => {
    const round = stage.rounds > 1 ? ` (round ${stage.rounds})` : '';
    return `${stageMark(stage.state, palette)} ${stage.id}${round}`;
  });
  const last = status.pullRequest?.url ?? (task.latest ? lastLine(task.latest, palette, width) : '');
  return [
    `${name}  ${title}  ${paintState(status.state, palette)} ${palette.dim(elapsed)}`,
    `  ${stages.join('  ')}`,
    `  ${last}`,
  ];
}

function lastLine(entry: LogEntry, palette: Palette, width: number): string {
  return renderEntry({ ...entry, text: plainText(entry.text, Math.max(20, width - 24)) }, palette);
}

/** `tool Edit  src/index.js` */
export function renderEntry(entry: LogEntry, palette: Palette): string {
  const source = entry.name ? `${entry.source} ${plainText(entry.name, 40)}` : entry.source;
  const text = plainText(entry.text.replaceAll(WORKSPACE, ''), 160);
  return `${palette.dim(source)} ${entry.level === 'error' ? palette.red(text) : text}`;
}
