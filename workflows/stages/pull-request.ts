import { CancellationScope } from '@temporalio/workflow';
import type { Publication, PullRequestRef } from '../../src/contract/activities.ts';
import type { Stage } from '../../src/domain/definition.ts';
import { TaskState } from '../../src/domain/task-state.ts';
import { control } from '../proxies.ts';
import { TaskEnd } from '../task-end.ts';
import type { StageReport, TaskRun } from '../task-run.ts';

/** Publishes the change: a pull request where there is a forge, else a pushed branch or a patch. Never an empty one. */
export async function pullRequest(run: TaskRun, stage: Stage): Promise<StageReport> {
  const { change } = run.findings;
  if (!change || change.files === 0) throw new TaskEnd(TaskState.NoChange, noChange(run));
  run.progress.move(TaskState.PrReady);
  // a cancellation between push and pull request would leave a branch that nobody asked for
  return CancellationScope.nonCancellable(async () => {
    const publication = await publish(run, stage);
    if (run.frame.kind !== 'forge') {
      return {
        summary: `delivered as ${publication.kind} ${publication.location}`,
        figures: { number: 0 },
        feedback: '',
      };
    }
    const opened = await open(run, stage);
    return { summary: opened.url, figures: { number: opened.number }, feedback: '' };
  });
}

/** Hands the change to the control side, which checks and pushes it. */
export async function publish(run: TaskRun, stage?: Stage): Promise<Publication> {
  const { change } = run.findings;
  if (!change) throw new RangeError('there is no change to publish');
  const summary = run.frame.kind === 'scratch' ? 'keep the files' : `push ${run.frame.branch}`;
  const publication = await control(summary, stage).publishChange({ frame: run.frame, change });
  run.findings.publication = publication;
  run.progress.note({ delivery: publication.location });
  return publication;
}

async function open(run: TaskRun, stage: Stage): Promise<PullRequestRef> {
  const { findings, frame, progress } = run;
  const { change } = findings;
  if (!change) throw new RangeError('there is no change to propose');
  const opened = await control(`open the pull request of ${frame.branch}`, stage).openPullRequest({
    frame,
    change,
    analysis: findings.analysis,
    answer: findings.answer,
    gates: findings.gates,
    rounds: findings.rounds,
    costUsd: progress.status.spend.usd,
    sessions: progress.status.spend.sessions,
  });
  progress.note({ pullRequest: opened });
  return opened;
}

function noChange(run: TaskRun): string {
  const said = run.findings.answer.trim();
  return `the session changed no file${said ? `. It said: ${said.slice(0, 500)}` : ''}`;
}
