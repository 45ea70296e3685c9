import type { Stage } from '../../src/domain/definition.ts';
import { TaskState } from '../../src/domain/task-state.ts';
import type { StageReport, TaskRun } from '../task-run.ts';
import { runSession } from './run-session.ts';

/** The session reads the task and the code without writing, and says what it would do. */
export async function analysis(run: TaskRun, stage: Stage, feedback: string): Promise<StageReport> {
  run.progress.move(TaskState.Analysing);
  const report = await runSession(run, stage, { kind: 'analysis', feedback });
  run.findings.analysis = report.analysis;
  return {
    summary: (report.analysis?.summary ?? report.text).slice(0, 300),
    figures: {
      complexity: report.analysis?.complexity ?? 'unknown',
      criteria: report.analysis?.acceptanceCriteria.length ?? 0,
    },
    feedback: '',
  };
}
