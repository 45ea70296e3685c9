import { CommandError } from './command-error.ts';
import type { CliContext } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { matchSuffix, parseTaskArgument } from './parse-task-argument.ts';
import { canonicalId } from './canonical-id.ts';

const LOOK_AT = 2000;

/** The id of the task that a person means; throws NotFound, or Usage where it could be several. */
export async function resolveTask(context: CliContext, text: string, repo?: string): Promise<string> {
  const wanted = parseTaskArgument(text, repo);
  if (wanted.kind === 'id') return wanted.id;
  if (wanted.kind === 'issue') {
    return canonicalId({ repo: wanted.repo, issue: wanted.issue }, context);
  }
  const rows = await (await context.tasks()).list({ limit: LOOK_AT });
  const found = matchSuffix(
    rows.map((row) => row.id),
    wanted.suffix,
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length === 0) {
    throw new CommandError(
      ExitCode.NotFound,
      `no task ends in '${wanted.suffix}'`,
      "'taskfleet list' shows the tasks there are; an issue's task is owner/name#12",
    );
  }
  throw new CommandError(
    ExitCode.Usage,
    `'${wanted.suffix}' could be ${found.length} tasks: ${found.slice(0, 5).join(', ')}${found.length > 5 ? ', …' : ''}`,
    'give more of the id',
  );
}
