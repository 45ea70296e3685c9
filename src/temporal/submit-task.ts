import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { SearchAttributePair, WorkflowIdReusePolicy } from '@temporalio/common';
import type { Submission } from '../contract/activities.ts';
import { CONTROL_QUEUE, SearchAttributes, TASK_WORKFLOW } from '../contract/names.ts';
import type { TaskInput } from '../contract/task-input.ts';
import { TaskState } from '../domain/task-state.ts';
import type { TaskIdentity } from '../intake/task-identity.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Temporal refuses longer ones. */
const FAIRNESS_KEY_BYTES = 64;

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
      const isOver = known !== undefined && known.state !== 'running' && known.generation >= generation;
      if (isOver) return { kind: 'already-ended', id };
      if (requester === id) return { kind: 'self', input: canonical };
      const first = await tryStart(client, canonical, {
        repo,
        reuse: generation > 1 ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
      });
      if (first === 'started') return { kind: 'started', id };
      const status = await statusOf(client, id);
      if (status === 'RUNNING' || status === 'PAUSED') return { kind: 'attached', id };
      // a run that began its work returns, however it ends: one that failed was refused at the door, for what may be mended
      if (status !== 'FAILED') return { kind: 'already-ended', id };
      const again = await tryStart(client, canonical, { repo, reuse: 'ALLOW_DUPLICATE_FAILED_ONLY' });
      return { kind: again === 'started' ? 'started' : 'attached', id };
    },
  };
}

/** The canonical input: with id, generation and priority. */
type CanonicalInput = TaskInput & { readonly id: string; readonly priority: number };

async function tryStart(
  client: Client,
  input: CanonicalInput,
  how: { readonly repo: string | null; readonly reuse: WorkflowIdReusePolicy },
): Promise<'started' | 'refused'> {
  try {
    await client.workflow.start(TASK_WORKFLOW, {
      workflowId: input.id,
      taskQueue: CONTROL_QUEUE,
      args: [input],
      workflowIdReusePolicy: how.reuse,
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: summaryOf(input, how.repo),
      typedSearchAttributes: new TypedSearchAttributes(attributesOf(input, how.repo)),
      priority: { priorityKey: input.priority, fairnessKey: fairnessKey(how.repo) },
    });
    return 'started';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'refused';
    throw error;
  }
}

async function statusOf(client: Client, id: string): Promise<string> {
  try {
    return (await client.workflow.getHandle(id).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'GONE';
    throw error;
  }
}

/** `owner/name#12`: numbers and vetted names only, no text of a person's. */
function summaryOf(input: TaskInput, repo: string | null): string {
  const place = repo === null ? 'scratch' : repo.split('/').slice(-2).join('/');
  const what = input.issue === undefined ? `${place} prompt` : `${place}#${input.issue}`;
  return (input.generation ?? 1) > 1 ? `${what} (run ${input.generation})` : what;
}

function attributesOf(input: CanonicalInput, repo: string | null): SearchAttributePair[] {
  return [
    { key: SearchAttributes.state, value: TaskState.Queued },
    { key: SearchAttributes.source, value: input.source ?? 'temporal' },
    ...(repo === null ? [] : [{ key: SearchAttributes.repo, value: repo }]),
    ...(input.issue === undefined ? [] : [{ key: SearchAttributes.issue, value: input.issue }]),
    { key: SearchAttributes.priority, value: input.priority },
  ];
}

function fairnessKey(repo: string | null): string {
  const key = repo ?? 'scratch';
  if (Buffer.byteLength(key) <= FAIRNESS_KEY_BYTES) return key;
  return createHash('sha256').update(key).digest('hex').slice(0, FAIRNESS_KEY_BYTES);
}
