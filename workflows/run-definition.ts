import { isCancellation, log } from '@temporalio/workflow';
import { explain, isMet } from '../src/domain/criterion.ts';
import { orderStages, StageType, type Definition, type Stage } from '../src/domain/definition.ts';
import { TaskState } from '../src/domain/task-state.ts';
import { causeOf, isOperatorsToMend } from './failure-cause.ts';
import { humanNotice, startNotice } from './issue-notices.ts';
import { analysis } from './stages/analysis.ts';
import { approval, APPROVED } from './stages/approval.ts';
import { code } from './stages/code.ts';
import { command, gates } from './stages/gates.ts';
import { pullRequest } from './stages/pull-request.ts';
import { TaskEnd } from './task-end.ts';
import type { StageReport, TaskRun } from './task-run.ts';

type RunStage = (run: TaskRun, stage: Stage, feedback: string) => Promise<StageReport>;

const STAGES: Record<StageType, RunStage> = {
  [StageType.Analysis]: analysis,
  [StageType.Approval]: approval,
  [StageType.Code]: code,
  [StageType.Gates]: gates,
  [StageType.Command]: command,
  [StageType.PullRequest]: pullRequest,
};

/**
 * Takes a task through its definition: stages in the order of their dependencies, judged by their criteria,
 * sent back with their findings while rounds are left. Throws TaskEnd when a required stage fails.
 */
export async function runDefinition(run: TaskRun, definition: Definition): Promise<void> {
  const order = orderStages(definition);
  const fallen = new Set<string>();
  const redone = new Map<string, number>();
  let feedback = '';
  let index = 0;
  while (index < order.length) {
    const stage = order[index] as Stage;
    index += 1;
    await standWhilePaused(run);
    if (stage.dependsOn.some((id) => fallen.has(id))) {
      fallen.add(stage.id);
      run.progress.finish(stage.id, { state: 'skipped', summary: 'a stage before it failed', figures: {} });
      if (stage.required) throw new TaskEnd(TaskState.Failed, `'${stage.id}' could not run: a stage before it failed`);
      continue;
    }
    const verdict = await runStage(run, stage, feedback);
    feedback = '';
    if (verdict.met) continue;
    const rounds = redone.get(stage.id) ?? 0;
    if (stage.redo && !verdict.final && rounds < stage.redo.rounds) {
      redone.set(stage.id, rounds + 1);
      feedback = verdict.feedback;
      index = order.findIndex((one) => one.id === stage.redo?.stage);
      log.info('going back', { from: stage.id, to: stage.redo.stage, round: rounds + 1 });
      continue;
    }
    if (stage.required) throw new TaskEnd(TaskState.Failed, `${stage.id}: ${verdict.reason}`);
    fallen.add(stage.id);
  }
}

interface Verdict {
  readonly met: boolean;
  /** No other round can help. */
  readonly final: boolean;
  readonly reason: string;
  readonly feedback: string;
}

async function runStage(run: TaskRun, stage: Stage, feedback: string): Promise<Verdict> {
  run.progress.begin(stage);
  const report = await attempt(run, stage, feedback);
  if (typeof report === 'string') {
    run.progress.finish(stage.id, { state: 'failed', summary: report, figures: {} });
    return { met: false, final: true, reason: report, feedback: '' };
  }
  const fatal = stage.failure.find((criterion) => isMet(criterion, report.figures));
  const success = stage.type === StageType.Approval ? [APPROVED, ...stage.success] : stage.success;
  const missed = success.filter((criterion) => !isMet(criterion, report.figures));
  const met = fatal === undefined && missed.length === 0;
  run.progress.finish(stage.id, {
    state: met ? 'done' : 'failed',
    summary: report.summary,
    figures: report.figures,
  });
  const reason = [report.summary, ...(fatal ? [fatal] : missed).map((one) => explain(one, report.figures))].join('; ');
  return { met, final: fatal !== undefined, reason, feedback: report.feedback || reason };
}

/** The stage's report, or in words why it failed. What an operator can mend is waited for instead. */
async function attempt(run: TaskRun, stage: Stage, feedback: string): Promise<StageReport | string> {
  for (;;) {
    try {
      return await STAGES[stage.type](run, stage, feedback);
    } catch (error) {
      if (isCancellation(error)) throw error;
      if (error instanceof TaskEnd) {
        if (stage.required || error.state !== TaskState.Failed) throw error;
        return error.message;
      }
      const cause = causeOf(error);
      if (!isOperatorsToMend(cause)) return `${cause.type}: ${cause.message}`;
      run.progress.move(TaskState.NeedsHuman, { what: `a person: ${cause.message}`, until: null });
      await run.workspace.suspend();
      await mended(run, cause.message);
    }
  }
}

/** Waits for a person's `resume`, and says on the issue what for. */
async function mended(run: TaskRun, reason: string): Promise<void> {
  run.issue.say('say on the issue that a person is needed', humanNotice(run, reason));
  await run.inbox.resumedOr(undefined, '');
  run.issue.say('say on the issue that work goes on', startNotice(run));
}

async function standWhilePaused(run: TaskRun): Promise<void> {
  if (!run.inbox.isPaused) return;
  run.progress.move(TaskState.Paused, { what: 'resume', until: null });
  await run.workspace.suspend();
  await run.inbox.whileNotPaused();
}
