import { blocks, type GatesReport } from '../../src/contract/gate-result.ts';
import type { Stage } from '../../src/domain/definition.ts';
import { TaskState } from '../../src/domain/task-state.ts';
import { durationMs } from '../duration-ms.ts';
import type { StageReport, TaskRun } from '../task-run.ts';

/** Runs the repository's own checks over the change; the red ones' output is what the session gets to mend. */
export async function gates(run: TaskRun, stage: Stage): Promise<StageReport> {
  run.progress.move(TaskState.Testing);
  const timeoutMs = durationMs(stage.timeout);
  const report = await run.workspace.run(stage, 'quality gates', (host) =>
    host.runGates({ frame: run.frame, timeoutMs }),
  );
  run.findings.gates = report.gates;
  run.progress.note({ gates: report.gates });
  return reportOf(run, report);
}

/** Runs the definition's own command as one more gate. */
export async function command(run: TaskRun, stage: Stage): Promise<StageReport> {
  run.progress.move(TaskState.Testing);
  const timeoutMs = durationMs(stage.timeout);
  const report = await run.workspace.run(stage, `command '${stage.id}'`, (host) =>
    host.runCommand({ frame: run.frame, name: stage.id, command: stage.command ?? '', timeoutMs }),
  );
  run.findings.gates = [...run.findings.gates.filter((gate) => gate.name !== stage.id), ...report.gates];
  run.progress.note({ gates: run.findings.gates });
  const { figures, ...rest } = reportOf(run, report);
  return { ...rest, figures: { ...figures, exitCode: report.gates[0]?.exitCode ?? -1 } };
}

function reportOf(run: TaskRun, report: GatesReport): StageReport {
  run.progress.spendGates(report.durationMs);
  const red = report.gates.filter((gate) => gate.verdict !== 'green');
  return {
    summary: report.gates
      .map((gate) => `${gate.name} ${gate.verdict} (${gate.summary})`)
      .join(', ')
      .slice(0, 500),
    figures: {
      gates: report.gates.length,
      redGates: red.length,
      blockingGates: report.gates.filter(blocks).length,
    },
    feedback: report.feedback,
  };
}
