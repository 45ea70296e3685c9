import type { LogEntry } from '../../contract/log-entry.ts';
import type { TaskStatus } from '../../contract/task-status.ts';
import { dollars, duration } from './figures.ts';
import { howToGetFiles, patchOf } from '../patch-of.ts';
import { plainText } from './plain-text.ts';
import { renderLogEntry } from './render-log-entry.ts';
import { renderStages } from './render-stages.ts';
import type { RenderPlace } from './render-task.ts';
import { paintState } from './state-color.ts';

/** The picture that is redrawn in place while a person watches; each line fits the terminal's width. */
export function renderProgress(
  watched: { readonly status: TaskStatus; readonly latest: LogEntry | undefined; readonly width: number },
  place: RenderPlace,
): string[] {
  const { status, latest } = watched;
  const elapsed = duration(place.now.getTime() - Date.parse(status.startedAt));
  const spent = `${dollars(status.spend.usd)} of ${dollars(status.spend.capUsd)}`;
  const lines = [
    `${place.palette.bold(plainText(status.title || status.id, Math.max(20, watched.width - 30)))}  ${paintState(status.state, place.palette)}`,
    `${elapsed} · ${spent}${status.host ? ` · host ${status.host}` : ''}`,
    ...renderStages(
      status.stages.map((stage) => ({ ...stage, summary: plainText(stage.summary, watched.width - 50) })),
      place,
    ),
  ];
  if (status.waitingFor) lines.push(`waiting for ${plainText(status.waitingFor.what, watched.width - 20)}`);
  if (latest)
    lines.push(renderLogEntry({ ...latest, text: plainText(latest.text, watched.width - 30) }, place.palette));
  return lines;
}

/** What changed between two looks, one plain line each: for logs, pipes and CI. */
export function describeChanges(before: TaskStatus | undefined, after: TaskStatus): string[] {
  const lines = before?.state === after.state ? [] : [`state: ${after.state}`];
  for (const stage of after.stages) {
    const old = before?.stages.find((one) => one.id === stage.id);
    if (stage.state === 'pending' || (old?.state === stage.state && old.rounds === stage.rounds)) continue;
    lines.push(describeStage(stage));
  }
  return [...lines, ...describeNews(before, after)];
}

function describeStage(stage: TaskStatus['stages'][number]): string {
  const round = stage.rounds > 1 ? ` (round ${stage.rounds})` : '';
  const summary = stage.summary ? `: ${plainText(stage.summary, 300)}` : '';
  return `stage ${stage.id}${round}: ${stage.state}${summary}`;
}

function describeNews(before: TaskStatus | undefined, { waitingFor, pullRequest }: TaskStatus): string[] {
  const lines: string[] = [];
  if (waitingFor && before?.waitingFor?.what !== waitingFor.what) {
    lines.push(`waiting for ${plainText(waitingFor.what, 300)}`);
  }
  if (pullRequest && !before?.pullRequest) lines.push(`pull request: ${pullRequest.url}`);
  return lines;
}

/** The last words on a task that ended. */
export function describeEnd(status: TaskStatus): string[] {
  const files = patchOf(status) === null ? null : howToGetFiles(status.id);
  const where = status.pullRequest?.url ?? files ?? status.delivery;
  const reason = status.reason ? `: ${plainText(status.reason, 500)}` : '';
  const lines = [`${status.state}${reason}`];
  if (where) lines.push(plainText(where));
  if (status.answer && !where) lines.push(plainText(status.answer, 2000));
  lines.push(
    `spent ${dollars(status.spend.usd)}, sessions ${duration(status.time.sessionMs)}, gates ${duration(status.time.gateMs)}, set-up ${duration(status.time.setupMs)}`,
  );
  return lines;
}
