import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Intake } from '../src/contract/activities.ts';
import { SearchAttributes } from '../src/contract/names.ts';
import type { SessionReport } from '../src/contract/session-report.ts';
import type { TaskInput } from '../src/contract/task-input.ts';
import type { StageStatus, TaskStatus } from '../src/contract/task-status.ts';
import { renderDetails } from '../src/contract/render-details.ts';
import type { Stage } from '../src/domain/definition.ts';
import { canMove, isEnd, TaskState, type EndState } from '../src/domain/task-state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Remembered refusals and notes: the newest of each, so that history-long lists never build up. */
const KEPT = 5;

/** What people can see of the task: the answer of the query, the Web UI's details and search attributes. */
export class TaskProgress {
  private readonly view: Mutable<TaskStatus>;
  private shown = '';

  constructor(id: string, input: TaskInput) {
    this.view = {
      id,
      generation: input.generation ?? 1,
      state: TaskState.Queued,
      stage: null,
      title: input.issue === undefined ? 'prompt' : `issue ${input.issue}`,
      repo: input.repo ?? null,
      issue: input.issue ?? null,
      issueUrl: null,
      specialty: input.specialty ?? null,
      model: input.model ?? null,
      definition: input.definition ?? null,
      branch: null,
      base: input.base ?? null,
      host: null,
      stages: [],
      gates: [],
      pullRequest: null,
      delivery: null,
      answer: '',
      spend: { usd: 0, capUsd: input.budgetUsd ?? 0, sessions: 0, turns: 0 },
      time: { sessionMs: 0, gateMs: 0, setupMs: 0 },
      waitingFor: null,
      actions: ['cancel', 'pause'],
      refusals: [],
      notes: [],
      startedAt: now(),
      endedAt: null,
      reason: null,
    };
  }

  get status(): TaskStatus {
    return this.view;
  }

  take(intake: Intake): void {
    const { frame, definition } = intake;
    Object.assign(this.view, {
      title: frame.title,
      repo: frame.repo,
      issueUrl: frame.issueUrl,
      specialty: frame.specialty.name,
      model: frame.specialty.model,
      definition: definition.name,
      branch: frame.branch,
      base: frame.base,
      pullRequest: intake.pullRequest,
      spend: { ...this.view.spend, capUsd: intake.budgetUsd },
      stages: definition.stages.map(({ id, type }) => ({
        id,
        type,
        state: 'pending',
        rounds: 0,
        summary: '',
        figures: {},
        startedAt: null,
        endedAt: null,
      })),
    } satisfies Partial<TaskStatus>);
    upsertSearchAttributes([{ key: SearchAttributes.specialty, value: frame.specialty.name }]);
  }

  /** Merges plain facts, such as the pull request, into the view. */
  note(
    facts: Partial<Pick<TaskStatus, 'host' | 'gates' | 'pullRequest' | 'delivery' | 'answer' | 'waitingFor'>>,
  ): void {
    Object.assign(this.view, facts);
    this.show();
  }

  /** Moves to a state; a move that the table does not have is a mistake of ours and fails loudly in tests. */
  move(state: TaskState, waitingFor: TaskStatus['waitingFor'] = null): void {
    if (!canMove(this.view.state, state)) throw new RangeError(`no way from ${this.view.state} to ${state}`);
    const changed = this.view.state !== state;
    this.view.state = state;
    this.view.waitingFor = waitingFor;
    this.view.actions = actionsIn(state);
    if (changed) this.index();
    this.show();
  }

  begin(stage: Stage): void {
    this.view.stage = stage.id;
    this.stage(stage.id, (one) => ({
      ...one,
      state: 'running',
      rounds: one.rounds + 1,
      summary: '',
      endedAt: null,
      startedAt: one.startedAt ?? now(),
    }));
  }

  finish(id: string, result: Pick<StageStatus, 'state' | 'summary' | 'figures'>): void {
    this.stage(id, (one) => ({ ...one, ...result, endedAt: now() }));
    this.show();
  }

  spend(report: SessionReport): void {
    const { usd, capUsd, sessions, turns } = this.view.spend;
    this.view.spend = {
      usd: usd + report.costUsd,
      capUsd,
      sessions: sessions + 1,
      turns: turns + report.turns,
    };
    this.view.time = { ...this.view.time, sessionMs: this.view.time.sessionMs + report.durationMs };
  }

  spendGates(durationMs: number): void {
    this.view.time = { ...this.view.time, gateMs: this.view.time.gateMs + durationMs };
  }

  spendSetup(durationMs: number): void {
    this.view.time = { ...this.view.time, setupMs: this.view.time.setupMs + durationMs };
  }

  refuse(message: string): void {
    this.view.refusals = [...this.view.refusals, { at: now(), message }].slice(-KEPT);
    this.show();
  }

  remark(message: string): void {
    this.view.notes = [...this.view.notes, { at: now(), message }].slice(-KEPT);
    this.show();
  }

  end(state: EndState, reason: string): void {
    this.view.reason = reason;
    this.view.endedAt = now();
    this.move(state);
  }

  private stage(id: string, change: (stage: StageStatus) => StageStatus): void {
    this.view.stages = this.view.stages.map((one) => (one.id === id ? change(one) : one));
  }

  private index(): void {
    upsertSearchAttributes([
      { key: SearchAttributes.state, value: this.view.state },
      { key: SearchAttributes.stage, value: this.view.stage ?? 'intake' },
    ]);
  }

  private show(): void {
    const details = renderDetails(this.view);
    if (details === this.shown) return;
    this.shown = details;
    setCurrentDetails(details);
  }
}

function now(): string {
  return new Date().toISOString();
}

function actionsIn(state: TaskState): string[] {
  if (isEnd(state)) return ['retry'];
  if (state === TaskState.AwaitingApproval) return ['approve', 'reject', 'cancel'];
  if (state === TaskState.Paused || state === TaskState.NeedsHuman || state === TaskState.WaitingLimit) {
    return ['resume', 'cancel'];
  }
  return ['pause', 'cancel'];
}
