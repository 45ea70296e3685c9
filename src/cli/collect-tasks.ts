import { TaskState } from '../domain/task-state.ts';
import type { LedgerTask } from '../ledger/ledger.ts';
import { CommandError } from './command-error.ts';
import type { CliContext } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { repositoryKey } from './canonical-id.ts';
import type { TaskRow } from './task-service.ts';

export interface CollectedTasks {
  readonly rows: readonly TaskRow[];
  /** Empty where the coordinator could not be asked. */
  readonly remembered: readonly LedgerTask[];
}

/** Tasks from Temporal and, where a coordinator answers, from the ledger: it remembers what Temporal has forgotten. */
export async function collectTasks(
  context: CliContext,
  filter: { readonly state?: string | undefined; readonly repo?: string | undefined; readonly limit: number },
): Promise<CollectedTasks> {
  if (filter.state && !(Object.values(TaskState) as string[]).includes(filter.state)) {
    const known = Object.values(TaskState).join(', ');
    throw new CommandError(ExitCode.Usage, `there is no state '${filter.state}'`, `the states are ${known}`);
  }
  const repo = filter.repo === undefined ? undefined : repositoryKey(filter.repo, context);
  const wanted = { limit: filter.limit, ...(repo && { repo }) };
  const service = await context.tasks();
  const [rows, remembered] = await Promise.all([
    service.list({ ...wanted, ...(filter.state && { state: filter.state }) }),
    rememberedTasks(context, wanted),
  ]);
  return { rows, remembered };
}

async function rememberedTasks(
  context: CliContext,
  filter: { readonly repo?: string; readonly limit: number },
): Promise<LedgerTask[]> {
  try {
    return (await (await context.gatewayIfKnown())?.tasks(filter)) ?? [];
  } catch (error) {
    context.output.note(
      `no coordinator at ${context.settings.gateway.url}: titles, costs and older tasks are not shown`,
    );
    if (context.output.verbose) context.output.note(String(error));
    return [];
  }
}
