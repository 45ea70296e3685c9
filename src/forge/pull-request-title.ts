import type { TaskFrame } from '../contract/activities.ts';
import type { Analysis } from '../contract/session-report.ts';
import { commitMessage } from '../domain/commit-message.ts';
import { sanitiseLine } from '../domain/sanitise-markdown.ts';

/** GitHub takes 256 characters; the commit's subject is shorter, but breaking tokens adds some. */
const MAX_TITLE = 120;

/** The subject of the change's commit: `fix: arguments pollute Object.prototype`, unable to close or notify. */
export function pullRequestTitle(
  frame: Pick<TaskFrame, 'id' | 'title' | 'issue'>,
  analysis: Pick<Analysis, 'changeType'> | null,
): string {
  const { id: taskId, title, issue } = frame;
  const [subject = ''] = commitMessage({ taskId, title, issue, changeType: analysis?.changeType ?? null }).split('\n');
  return sanitiseLine(subject, MAX_TITLE);
}
