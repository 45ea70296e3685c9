import { defaultPayloadConverter, WorkflowNotFoundError, type TypedSearchAttributes } from '@temporalio/common';
import {
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Submission } from '../contract/activities.ts';
import type { Acknowledgement } from '../contract/messages.ts';
import { SearchAttributes, TASK_WORKFLOW } from '../contract/names.ts';
import type { TaskInput } from '../contract/task-input.ts';
import type { TaskStatus } from '../contract/task-status.ts';
import type { Submitter } from '../temporal/submit-task.ts';
import { END_STATES, isEnd, TaskState } from '../domain/task-state.ts';
import { CommandError } from './command-error.ts';
import { ExitCode } from './exit-code.ts';

/** A task as Temporal's list shows it, without asking the task itself. */
export interface TaskRow {
  readonly id: string;
  /** Temporal's own word: RUNNING, COMPLETED, FAILED, … */
  readonly execution: string;
  readonly state: string | null;
  readonly stage: string | null;
  readonly repo: string | null;
  readonly issue: number | null;
  readonly specialty: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export type TaskMessage = 'approve' | 'reject' | 'pause' | 'resume' | 'cancel';

/** `running` and `ended`: nothing was started, the task is there already. */
export type StartOutcome = 'started' | 'running' | 'ended';

/** What the commands ask of tasks in Temporal. Each method throws a CommandError with a mend where it cannot answer. */
export interface TaskService {
  /** Starts the task, a later generation of it too, or finds that it is there. */
  start(input: TaskInput): Promise<StartOutcome>;
  /** What the newest run was started with. */
  inputOf(id: string): Promise<TaskInput>;
  describe(id: string): Promise<TaskRow>;
  /** The task's own view of itself; a coordinator must be at work to answer. */
  status(id: string): Promise<TaskStatus>;
  send(id: string, message: TaskMessage, body: Record<string, unknown>): Promise<Acknowledgement>;
  /** Newest first. */
  list(filter: { readonly limit: number; readonly state?: string; readonly repo?: string }): Promise<TaskRow[]>;
}

const ANSWER_MS = 10_000;

/** Temporal's words for a run that is not over. */
const GOES_ON = ['RUNNING', 'PAUSED', 'CONTINUED_AS_NEW'];

const OUTCOMES: Readonly<Record<Submission['kind'], StartOutcome>> = {
  self: 'running',
  started: 'started',
  attached: 'running',
  'already-ended': 'ended',
};

export interface TaskServiceOptions {
  readonly client: Client;
  /** The one way to start a task. */
  readonly submitter: Submitter;
}

export function createTaskService({ client, submitter }: TaskServiceOptions): TaskService {
  const { workflow } = client;
  const handleOf = (id: string): WorkflowHandle => workflow.getHandle(id);
  const describe = async (id: string): Promise<TaskRow> => {
    const found = await handleOf(id)
      .describe()
      .catch((error: unknown) => {
        throw translate(error, id);
      });
    return rowOf(found);
  };
  return {
    start: async (input) => {
      const submission = await submitter.submit(input);
      return OUTCOMES[submission.kind];
    },
    inputOf: async (id) => {
      const history = await client.workflowService
        .getWorkflowExecutionHistory({
          namespace: client.options.namespace,
          execution: { workflowId: id },
          maximumPageSize: 1,
        })
        .catch((error: unknown) => {
          throw translate(error, id);
        });
      const [payload] = history.history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
      if (!payload) throw new CommandError(ExitCode.Failure, `the task ${id} was started without input`);
      return defaultPayloadConverter.fromPayload<TaskInput>(payload);
    },
    describe,
    status: async (id) => {
      const ask = async (): Promise<TaskStatus> => {
        try {
          return await client.withDeadline(Date.now() + ANSWER_MS, () => handleOf(id).query<TaskStatus>('status'));
        } catch (error) {
          throw translate(error, id);
        }
      };
      const status = await ask();
      if (isEnd(status.state)) return status;
      const row = await describe(id);
      if (GOES_ON.includes(row.execution)) return status;
      // it may have ended between the two questions; else somebody ended it over its head
      const last = await ask();
      return isEnd(last.state) ? last : cutOff(last, row);
    },
    send: async (id, message, body) => {
      try {
        return await client.withDeadline(Date.now() + ANSWER_MS, () =>
          handleOf(id).executeUpdate<Acknowledgement, [unknown]>(message, { args: [body] }),
        );
      } catch (error) {
        throw translate(error, id);
      }
    },
    list: async (filter) => {
      const rows: TaskRow[] = [];
      const seen = new Set<string>();
      for await (const found of workflow.list({ query: listQuery(filter), pageSize: 200 })) {
        // a start by hand under an id of Temporal's own only hands over to the canonical one
        // and an earlier run of a task that was retried is no task of its own: the newest comes first
        if (!found.workflowId.startsWith('task:') || seen.has(found.workflowId)) continue;
        seen.add(found.workflowId);
        rows.push(rowOf(found));
        if (rows.length >= filter.limit) break;
      }
      return rows;
    },
  };
}

/** The task as it was when Temporal ended it without its knowledge: by `terminate`, say. */
function cutOff(status: TaskStatus, { execution, endedAt }: TaskRow): TaskStatus {
  const reason = `${execution.toLowerCase().replace('_', ' ')} through Temporal`;
  return { ...status, state: TaskState.Failed, reason, endedAt, host: null, waitingFor: null, actions: ['retry'] };
}

/** The state of a run: what it last said of itself, unless Temporal ended it without its knowledge. */
function stateOf(execution: string, told: string | null): string | null {
  const isOver = END_STATES.some((state) => state === told);
  return execution === 'TERMINATED' || execution === 'TIMED_OUT' ? (isOver ? told : TaskState.Failed) : told;
}

/** Temporal's list filter; values are quoted so that none can change the query. */
function listQuery(filter: { readonly state?: string; readonly repo?: string }): string {
  const quote = (text: string): string => `'${text.replace(/['\\]/g, '')}'`;
  const terms = [`WorkflowType = '${TASK_WORKFLOW}'`];
  if (filter.state) terms.push(`${SearchAttributes.state.name} = ${quote(filter.state)}`);
  if (filter.repo) terms.push(`${SearchAttributes.repo.name} = ${quote(filter.repo)}`);
  return terms.join(' AND ');
}

function rowOf(found: {
  workflowId: string;
  status: { name: string };
  typedSearchAttributes: TypedSearchAttributes;
  startTime: Date;
  closeTime?: Date;
}): TaskRow {
  const { typedSearchAttributes: attributes } = found;
  return {
    id: found.workflowId,
    execution: found.status.name,
    state: stateOf(found.status.name, attributes.get(SearchAttributes.state) ?? null),
    stage: attributes.get(SearchAttributes.stage) ?? null,
    repo: attributes.get(SearchAttributes.repo) ?? null,
    issue: attributes.get(SearchAttributes.issue) ?? null,
    specialty: attributes.get(SearchAttributes.specialty) ?? null,
    startedAt: found.startTime.toISOString(),
    endedAt: found.closeTime?.toISOString() ?? null,
  };
}

const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadline: 4,
  notFound: 5,
  failedPrecondition: 9,
  unavailable: 14,
} as const;

function translate(error: unknown, id: string): unknown {
  if (error instanceof CommandError) return error;
  const code = grpcCode(error);
  if (error instanceof WorkflowNotFoundError || code === GRPC.notFound) return notThere(error as Error, id);
  if (error instanceof WorkflowUpdateFailedError) {
    const reason = error.cause?.message ?? error.message;
    return new CommandError(ExitCode.Usage, `refused: ${reason}`, `'taskfleet show ${id}' says what can be done now`);
  }
  if (isUnanswered(error, code)) {
    return new CommandError(
      ExitCode.CannotConnect,
      `no coordinator answers for the task ${id}`,
      "start one with 'taskfleet up' or 'taskfleet coordinator'; the task waits for it and loses nothing",
    );
  }
  if (error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError) {
    return new CommandError(
      ExitCode.Failure,
      `the task ${id} ended before it could begin`,
      `see it with 'taskfleet list'`,
    );
  }
  return error;
}

function notThere(error: Error, id: string): CommandError {
  return /already completed/i.test(error.message)
    ? new CommandError(ExitCode.Usage, `the task ${id} has ended`, `start it again with 'taskfleet retry ${id}'`)
    : new CommandError(ExitCode.NotFound, `there is no task ${id}`, "'taskfleet list' shows the tasks there are");
}

/** No worker took the question within its time, or none was there to take it. */
function isUnanswered(error: unknown, code: number | undefined): boolean {
  if (error instanceof Error && error.name === 'WorkflowUpdateRPCTimeoutOrCancelledError') return true;
  return code === GRPC.deadline || code === GRPC.cancelled || code === GRPC.failedPrecondition;
}

function grpcCode(error: unknown): number | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    const { code } = one as { code?: unknown };
    if (typeof code === 'number') return code;
  }
  return undefined;
}
