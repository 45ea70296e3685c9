import type { PullRequestRequest } from '../contract/activities.ts';
import { blocks, type GateResult } from '../contract/gate-result.ts';
import { marker } from '../domain/naming.ts';
import { sanitiseLine, sanitiseMarkdown } from '../domain/sanitise-markdown.ts';

const MAX_SUMMARY = 2_000;
const MAX_ANSWER = 4_000;
const MAX_POINTS = 12;
/** GitHub takes 65,536 characters. */
const MAX_BODY = 60_000;

/** Fills the template of prompts/pull-request.md; every text that the model wrote comes out harmless. */
export function renderPullRequestBody(
  template: string,
  request: PullRequestRequest,
  options: { readonly linkHost?: string | undefined } = {},
): string {
  const values: Record<string, string> = {
    what: renderWhat(request, options.linkHost),
    why: renderWhy(request, options.linkHost),
    checks: renderChecks(request.gates),
    how: renderHow(request),
    closes: request.frame.issue === null ? '' : `Closes #${request.frame.issue}`,
    marker: marker(request.frame.id),
  };
  const body = template
    .replace(/\{\{([a-z]+)\}\}/g, (whole, name: string) => values[name] ?? whole)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (!body.includes(marker(request.frame.id))) return `${body.slice(0, MAX_BODY)}\n\n${marker(request.frame.id)}`;
  return body;
}

function renderWhat(request: PullRequestRequest, linkHost: string | undefined): string {
  const summary = sanitiseMarkdown(request.analysis?.summary ?? '', { maxLength: MAX_SUMMARY, linkHost });
  const answer = sanitiseMarkdown(request.answer, { maxLength: MAX_ANSWER, linkHost });
  const texts = [answer || summary || `Changes for ${sanitiseLine(request.frame.title, 120)}.`];
  if (request.change.losses.length > 0) {
    texts.push('Not in this change:', bullets(request.change.losses, linkHost));
  }
  return texts.join('\n\n');
}

function renderWhy(request: PullRequestRequest, linkHost: string | undefined): string {
  const { frame, analysis } = request;
  const title = sanitiseLine(frame.title, 120);
  const texts = [frame.issue === null ? title : `#${frame.issue}: ${title}`];
  if (analysis && analysis.acceptanceCriteria.length > 0) {
    texts.push('It is done when:', bullets(analysis.acceptanceCriteria, linkHost));
  }
  if (analysis && analysis.risks.length > 0) texts.push('Worth a look:', bullets(analysis.risks, linkHost));
  return texts.join('\n\n');
}

function bullets(points: readonly string[], linkHost: string | undefined): string {
  return points
    .slice(0, MAX_POINTS)
    .map((point) => `- ${sanitiseMarkdown(point.replace(/\s+/g, ' '), { maxLength: 400, linkHost })}`)
    .join('\n');
}

function renderChecks(gates: readonly GateResult[]): string {
  if (gates.length === 0)
    return 'No checks were found in the repository, and none are set for it: please test by hand.';
  const rows = gates.map((gate) =>
    [cell(gate.name), code(gate.command), verdict(gate), cell(gate.summary), seconds(gate.durationMs)].join(' | '),
  );
  const table = ['check | command | verdict | result | time', '--- | --- | --- | --- | ---', ...rows];
  return table.map((row) => `| ${row} |`).join('\n');
}

function verdict(gate: GateResult): string {
  if (gate.verdict === 'red-on-base') return '⚠️ red before this change as well';
  return blocks(gate) ? `❌ ${gate.verdict}` : '✅ green';
}

function renderHow(request: PullRequestRequest): string {
  const { frame, change } = request;
  const lines = [
    `By taskfleet with Claude Code, as the task \`${frame.id.replace(/[^\x20-\x7e]|`/g, '')}\`.`,
    '',
    `- specialty ${cell(frame.specialty.name)}, model ${cell(frame.specialty.model)}`,
    `- ${plural(request.rounds, 'round')} of work and checks, ${plural(request.sessions, 'session')}, $${request.costUsd.toFixed(2)}`,
    `- ${plural(change.files, 'file')} changed: +${change.insertions} −${change.deletions}`,
    `- started from ${code(frame.baseSha.slice(0, 12))} on ${code(frame.base)}, head ${code(change.headSha.slice(0, 12))}`,
  ];
  return lines.join('\n');
}

function cell(text: string): string {
  return sanitiseLine(text, 120).replaceAll('|', '\\|');
}

/** A code span in a table: no bar, no backtick, no line end can leave it. */
function code(text: string): string {
  const plain = sanitiseLine(text, 80)
    .replaceAll('`', "'")
    .replaceAll('|', '\\|')
    .replace(/\u200b/g, '');
  return plain === '' ? '' : `\`${plain}\``;
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
