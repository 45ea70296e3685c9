import type { Stage } from '../../src/domain/definition.ts';
import { TaskState } from '../../src/domain/task-state.ts';
import type { StageReport, TaskRun } from '../task-run.ts';
import { runSession } from './run-session.ts';

/** The session changes the workspace; what it changed is captured at once, before gates can leave anything there. */
export async function code(run: TaskRun, stage: Stage, feedback: string): Promise<StageReport> {
  run.progress.move(TaskState.InProgress);
  const report = await runSession(run, stage, { kind: 'code', feedback });
  const { frame, findings } = run;
  const change = await run.workspace.run(stage, 'commit what the session changed', (host) =>
    host.captureChange({ frame, analysis: findings.analysis }),
  );
  findings.change = change;
  findings.answer = report.text;
  findings.rounds += 1;
  run.workspace.restore = change.bundle === null ? null : change;
  run.progress.note({ answer: report.text });
  for (const loss of change.losses) run.progress.remark(`not captured: ${loss}`);
  return {
    summary: `${change.files} files changed (+${change.insertions} −${change.deletions})`,
    figures: { turns: report.turns, costUsd: report.costUsd, changedFiles: change.files },
    feedback: '',
  };
}
