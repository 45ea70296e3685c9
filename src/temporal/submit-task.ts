import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { Submission } from '../contract/activities.ts';
import type { TaskInput } from '../contract/task-input.ts';
import type { TaskIdentity } from '../intake/task-identity.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { startTask } from './start-task.ts';
import type { CanonicalInput } from './start-task.ts';

export interface SubmitterOptions {
  readonly client: Client;
  readonly ledger: Pick<Ledger, 'find'>;
  /** Finds the canonical workflow id and the repository; throws `BadInput` for what means no task. */
  readonly identify: (input: TaskInput) => Pick<TaskIdentity, 'id' | 'address'>;
  /** What an input that does not say so gets. */
  readonly defaults: { readonly priority: number };
}

export interface Submitter {
  /**
   * Starts the canonical run of a task, or attaches to the one that runs, or says that it has ended.
   * `self` when the requester, a workflow id, is the canonical one. Throws `BadInput` for what means no task.
   */
  submit(input: TaskInput, requester?: string): Promise<Submission>;
}

/** The one way to start a task: whoever submits how often, one task is one workflow. */
export function createSubmitter({ client, ledger, identify, defaults }: SubmitterOptions): Submitter {
  return {
    async submit(input, requester) {
      const { id, address } = identify(input);
      const repo = address?.key ?? null;
      const generation = input.generation ?? 1;
      const canonical: CanonicalInput = { ...input, id, generation, priority: input.priority ?? defaults.priority };
      const known = await ledger.find(id);
      if (known && known.state !== 'running' && known.generation >= generation) return { kind: 'already-ended', id };
      if (requester === id) return { kind: 'self', input: canonical };
      return { kind: await startOrFind(client, canonical, repo), id };
    },
  };
}

async function statusOf(client: Client, id: string): Promise<string> {
  try {
    return (await client.workflow.getHandle(id).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'GONE';
    throw error;
  }
}

async function startOrFind(
  client: Client,
  input: CanonicalInput,
  repo: string | null,
): Promise<'started' | 'attached' | 'already-ended'> {
  const reuse = (input.generation ?? 1) > 1 ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE';
  if ((await startTask(client, input, { repo, reuse })) === 'started') return 'started';
  const status = await statusOf(client, input.id);
  if (status === 'RUNNING' || status === 'PAUSED') return 'attached';
  // a run that began its work returns, however it ends: one that failed was refused at the door, for what may be mended
  if (status !== 'FAILED') return 'already-ended';
  const again = await startTask(client, input, { repo, reuse: 'ALLOW_DUPLICATE_FAILED_ONLY' });
  return again === 'started' ? 'started' : 'attached';
}
