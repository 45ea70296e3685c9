import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { EndState } from '../src/domain/task-state.ts';
import { TaskState } from '../src/domain/task-state.ts';
import { FailureType } from '../src/domain/failure-type.ts';
import { TaskInput } from '../src/contract/task-input.ts';
import type { TaskResult } from '../src/contract/task-result.ts';
import { causeOf } from './failure-cause.ts';
import { endNotice, startNotice } from './issue-notices.ts';
import { IssueTeller } from './issue-teller.ts';
import { control } from './proxies.ts';
import { runDefinition } from './run-definition.ts';
import { publish } from './stages/pull-request.ts';
import { TaskEnd } from './task-end.ts';
import { TaskInbox } from './task-inbox.ts';
import { TaskProgress } from './task-progress.ts';
import type { TaskRun } from './task-run.ts';
import { TaskWorkspace } from './task-workspace.ts';

/**
 * One task from its intake to its end, for as long as that takes.
 * Started under any id but its canonical one it only starts or finds the canonical run, and returns that id.
 * Fails (`BadInput`, `IssueNotFound`, …) only when there is nothing to work on; every other end is returned.
 */
export async function task(raw: unknown): Promise<TaskResult> {
  let input = parseInput(raw);
  const { workflowId } = workflowInfo();
  const scope = new CancellationScope({ cancellable: true });
  const progress = new TaskProgress(workflowId, input);
  const inbox = new TaskInbox(progress, scope);
  if (input.id !== workflowId) {
    const submission = await control('find the task this means').submitTask({ input, requester: workflowId });
    if (submission.kind !== 'self') return submission;
    input = submission.input;
  }
  const begun: { run: TaskRun | null } = { run: null };
  try {
    const end = await scope.run(() => work(input, progress, inbox, begun));
    return await finish(end, progress, begun.run);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    const reason = inbox.cancelReason ?? 'cancelled through Temporal';
    const result = await finish({ state: TaskState.Cancelled, reason }, progress, begun.run);
    // asked for by our message it is an end like any other; by Temporal's own, Temporal shows it as cancelled
    if (inbox.cancelReason === undefined) throw error;
    return result;
  }
}

interface End {
  readonly state: EndState;
  readonly reason: string;
}

function parseInput(raw: unknown): TaskInput {
  const parsed = TaskInput.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((one) => `${one.path.join('.') || 'input'}: ${one.message}`);
  throw ApplicationFailure.nonRetryable(problems.join('; '), FailureType.BadInput);
}

async function work(
  input: TaskInput,
  progress: TaskProgress,
  inbox: TaskInbox,
  begun: { run: TaskRun | null },
): Promise<End> {
  const intake = await control('read the task').takeIn({ input });
  progress.take(intake);
  const { frame } = intake;
  const run: TaskRun = {
    frame,
    intake,
    progress,
    inbox,
    issue: new IssueTeller(frame),
    workspace: new TaskWorkspace(frame, {
      moved(opened) {
        progress.spendSetup(opened?.setupMs ?? 0);
        progress.note({ host: opened?.hostId ?? null });
      },
      waits: (waitingFor) => progress.note({ waitingFor }),
    }),
    findings: {
      sessionId: uuid4(),
      calls: { analysis: 0, code: 0 },
      analysis: null,
      change: null,
      gates: [],
      rounds: 0,
      answer: '',
      publication: null,
    },
  };
  begun.run = run;
  run.issue.say('say on the issue that work begins', startNotice(run));
  return drive(run);
}

async function drive(run: TaskRun): Promise<End> {
  try {
    await runDefinition(run, run.intake.definition);
    const { change, publication } = run.findings;
    if (change && change.files > 0 && !publication) await publish(run);
    return { state: TaskState.Completed, reason: completed(run) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (error instanceof TaskEnd) return { state: error.state, reason: error.message };
    const cause = causeOf(error);
    return { state: TaskState.Failed, reason: `${cause.type}: ${cause.message}` };
  }
}

function completed({ progress, findings }: TaskRun): string {
  const { pullRequest, delivery } = progress.status;
  if (pullRequest) return `pull request ${pullRequest.url}`;
  if (delivery) return `delivered as ${delivery}`;
  return findings.answer ? 'answered' : 'all stages done';
}

async function finish({ state, reason }: End, progress: TaskProgress, run: TaskRun | null): Promise<TaskResult> {
  progress.end(state, reason);
  if (run) await CancellationScope.nonCancellable(() => settle(run, state, reason));
  const { id, pullRequest, delivery, answer, spend } = progress.status;
  return { kind: 'ended', id, state, reason, pullRequest, delivery, answer, costUsd: spend.usd };
}

/** Tidies up, tells the issue and closes the books, all at once; none of them may keep the task from ending. */
async function settle(run: TaskRun, state: EndState, reason: string): Promise<void> {
  const { frame, progress } = run;
  const { pullRequest, spend } = progress.status;
  // a notice that is still under way must not have the last word
  await run.issue.end();
  const results = await Promise.allSettled([
    run.workspace.close(),
    control('say on the issue how it ended').tellIssue({ frame, notice: endNotice(run, state, reason) }),
    control('close the books').closeTask({
      id: frame.id,
      epoch: frame.epoch,
      state,
      reason,
      costUsd: spend.usd,
      turns: spend.turns,
      pullRequest,
    }),
  ]);
  for (const result of results) {
    if (result.status === 'rejected') progress.remark(`left undone: ${describe(result.reason)}`);
  }
}

function describe(error: unknown): string {
  return error instanceof ActivityFailure ? causeOf(error).message : String(error);
}
