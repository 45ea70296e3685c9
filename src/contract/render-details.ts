import type { StageStatus, TaskStatus } from './task-status.ts';

const SIGN: Record<StageStatus['state'], string> = {
  pending: '·',
  running: '▶',
  waiting: '⏸',
  done: '✔',
  failed: '✘',
  skipped: '–',
};

/** The task as Markdown for Temporal's Web UI: what it is, where it stands, what a person can do. */
export function renderDetails(status: TaskStatus): string {
  return [
    `**${escapeText(status.title)}** · ${status.state}${status.stage ? ` · ${status.stage}` : ''}`,
    waiting(status),
    pullRequest(status),
    stages(status),
    facts(status),
    ...status.notes.map((note) => `- ${escapeText(note.message)}`),
    ...status.refusals.map((refusal) => `- ⚠ refused: ${escapeText(refusal.message)}`),
    status.reason ? `**Ended:** ${escapeText(status.reason)}` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function waiting(status: TaskStatus): string {
  if (!status.waitingFor) return '';
  const until = status.waitingFor.until ? ` until ${status.waitingFor.until}` : '';
  return `Waits for ${escapeText(status.waitingFor.what)}${until}. Possible now: ${status.actions.join(', ')}.`;
}

function pullRequest(status: TaskStatus): string {
  if (status.pullRequest) return `Pull request: [#${status.pullRequest.number}](${status.pullRequest.url})`;
  return status.delivery ? `Delivered: \`${status.delivery.replaceAll('`', '')}\`` : '';
}

function stages(status: TaskStatus): string {
  if (status.stages.length === 0) return '';
  const rows = status.stages.map(
    (stage) => `| ${SIGN[stage.state]} ${stage.id} | ${stage.rounds || ''} | ${escapeText(stage.summary)} |`,
  );
  return ['| stage | rounds | |', '| --- | --- | --- |', ...rows].join('\n');
}

function facts(status: TaskStatus): string {
  const { usd, capUsd, sessions, turns } = status.spend;
  return [
    status.branch && `branch \`${status.branch}\``,
    status.specialty && `${status.specialty} (${status.model ?? ''})`,
    status.host && `host \`${status.host}\``,
    `$${usd.toFixed(2)} of $${capUsd.toFixed(2)}, ${sessions} sessions, ${turns} turns`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** A title is a stranger's text: no markup of it takes effect. */
function escapeText(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+!|~-]/g, '\\$&').replace(/\s+/g, ' ');
}
