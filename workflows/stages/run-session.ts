import { uuid4 } from '@temporalio/workflow';
import type { SessionOutcome, SessionReport } from '../../src/contract/session-report.ts';
import type { Stage } from '../../src/domain/definition.ts';
import { TaskState } from '../../src/domain/task-state.ts';
import { TaskEnd } from '../task-end.ts';
import type { TaskRun } from '../task-run.ts';

/** Where a limit names no time of reset: one hour, then one try. */
const UNKNOWN_LIMIT_MS = 3_600_000;
/** After a reset, so that a fleet does not come back in one instant: spread over half a minute. */
const SPREAD_MS = 30_000;
/** How often a session may go on after its turns or its context ran out, or its answer had no form. */
const MOST_EXTENSIONS = 2;

const GO_ON = 'One session was used up before the work was done. Go on where you stopped and bring the work to an end.';

/**
 * Runs the task's conversation on until it says something final, however often a limit interrupts it.
 * Throws TaskEnd when the budget is used up.
 */
export async function runSession(
  run: TaskRun,
  stage: Stage,
  ask: { readonly kind: 'analysis' | 'code'; readonly feedback: string },
): Promise<SessionReport> {
  let feedback = ask.feedback;
  for (let extensions = 0; ;) {
    const report = await callSession(run, stage, { kind: ask.kind, feedback });
    const { outcome } = report;
    if (outcome.kind === 'completed' || outcome.kind === 'permission-blocked') return report;
    if (outcome.kind === 'budget-exhausted') throw overBudget(run);
    if (outcome.kind === 'wait-until') {
      await waitForLimit(run, outcome);
      run.progress.move(ask.kind === 'analysis' ? TaskState.Analysing : TaskState.InProgress);
      continue;
    }
    run.progress.remark(`${ask.kind}: ${exhausted(outcome)}`);
    if (canGoOn(outcome)) feedback ||= GO_ON;
    else run.findings.sessionId = uuid4();
    extensions += 1;
    if (extensions > MOST_EXTENSIONS) throw new TaskEnd(TaskState.Failed, `${exhausted(outcome)}, ${extensions} times`);
  }
}

async function callSession(
  run: TaskRun,
  stage: Stage,
  ask: { readonly kind: 'analysis' | 'code'; readonly feedback: string },
): Promise<SessionReport> {
  const { usd } = run.progress.status.spend;
  const budgetUsd = run.intake.budgetUsd - usd;
  if (budgetUsd <= 0) throw overBudget(run);
  const round = (run.findings.calls[ask.kind] += 1);
  const report = await run.workspace.run(stage, `Claude Code: ${ask.kind}, call ${round}`, (host) =>
    host.runSession({
      frame: run.frame,
      kind: ask.kind,
      sessionId: run.findings.sessionId,
      round,
      feedback: ask.feedback,
      analysis: run.findings.analysis,
      budgetUsd,
      maxTurns: run.intake.session.maxTurns,
      wallMs: run.intake.session.wallMs,
    }),
  );
  run.progress.spend(report);
  return report;
}

async function waitForLimit(run: TaskRun, outcome: Extract<SessionOutcome, { kind: 'wait-until' }>): Promise<void> {
  const known = outcome.at === null ? undefined : Date.parse(outcome.at) - Date.now();
  const waitMs = Math.max(1_000, (known ?? UNKNOWN_LIMIT_MS) + Math.floor(Math.random() * SPREAD_MS));
  const until = new Date(Date.now() + waitMs).toISOString();
  run.progress.move(TaskState.WaitingLimit, { what: `the ${outcome.window} limit`, until });
  await run.workspace.suspend();
  await run.inbox.resumedOr(waitMs, `waiting for the ${outcome.window} limit until ${until.slice(11, 16)} UTC`);
}

function overBudget(run: TaskRun): TaskEnd {
  const { usd, capUsd } = run.progress.status.spend;
  return new TaskEnd(
    TaskState.OverBudget,
    `the task's budget of $${capUsd.toFixed(2)} is used up ($${usd.toFixed(2)} spent); retry it with a higher budget`,
  );
}

/** Whether the same conversation can be taken up again. */
function canGoOn(outcome: SessionOutcome): boolean {
  return outcome.kind === 'turns-exhausted' || outcome.kind === 'time-exhausted';
}

function exhausted(outcome: SessionOutcome): string {
  switch (outcome.kind) {
    case 'turns-exhausted':
      return 'the session used up its turns without coming to an end';
    case 'time-exhausted':
      return 'the session used up its wall time without coming to an end';
    case 'context-exhausted':
      return 'the task did not fit into the context of one session';
    default:
      return 'the session gave no answer in the form that was asked for';
  }
}
