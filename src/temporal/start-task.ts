import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { SearchAttributePair, WorkflowIdReusePolicy } from '@temporalio/common';
import { CONTROL_QUEUE, SearchAttributes, TASK_WORKFLOW } from '../contract/names.ts';
import type { TaskInput } from '../contract/task-input.ts';
import { TaskState } from '../domain/task-state.ts';

/** Temporal refuses longer ones. */
const FAIRNESS_KEY_BYTES = 64;

/** An input that says which task it means. */
export type CanonicalInput = TaskInput & { readonly id: string; readonly priority: number };

/**
 * Starts the canonical workflow of a task with all that only its starter can set: summary, search attributes, priority.
 * `refused` when the reuse policy forbids it or a run of it is open.
 */
export async function startTask(
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
