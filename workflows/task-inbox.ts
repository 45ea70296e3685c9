import { ApplicationFailure, condition, setHandler, type CancellationScope } from '@temporalio/workflow';
import type { z } from 'zod';
import * as messages from '../src/contract/messages.ts';
import { isEnd, TaskState } from '../src/domain/task-state.ts';
import type { TaskProgress } from './task-progress.ts';

type Decision = { readonly kind: 'approved' } | { readonly kind: 'rejected'; readonly reason: string };

interface Door<T> {
  readonly schema: z.ZodType<T>;
  /** Why the message cannot take effect now, or undefined. Synchronous and without effect: it is the update's validator. */
  readonly refusal: (message: T) => string | undefined;
  /** Takes effect; says what happens now. */
  readonly accept: (message: T) => string;
}

/** Every human message of a task. Handlers never throw as signals and refuse at once as updates. */
export class TaskInbox {
  private readonly progress: TaskProgress;
  private readonly scope: CancellationScope;
  private awaited: string | undefined;
  private decision: Decision | undefined;
  private paused = false;
  private standing = false;
  private resumed = 0;
  /** Who cancelled and why, once somebody did. */
  cancelReason: string | undefined;

  constructor(progress: TaskProgress, scope: CancellationScope) {
    this.progress = progress;
    this.scope = scope;
    this.listen(messages.approveSignal, messages.approveUpdate, this.approval());
    this.listen(messages.rejectSignal, messages.rejectUpdate, this.rejection());
    this.listen(messages.pauseSignal, messages.pauseUpdate, this.pause());
    this.listen(messages.resumeSignal, messages.resumeUpdate, this.resume());
    this.listen(messages.cancelSignal, messages.cancelUpdate, this.cancel());
    setHandler(messages.statusQuery, () => progress.status);
  }

  /** From now on a person's word on this stage counts. */
  expect(stage: string): void {
    this.awaited = stage;
    this.decision = undefined;
  }

  /** Waits for that word; undefined when nobody said it in time. */
  async decided(waitMs: number, summary: string): Promise<Decision | undefined> {
    await condition(() => this.decision !== undefined, waitMs, { summary });
    this.awaited = undefined;
    return this.decision;
  }

  get isPaused(): boolean {
    return this.paused;
  }

  /** Returns at once unless somebody paused the task. */
  async whileNotPaused(): Promise<void> {
    if (this.paused) await condition(() => !this.paused);
  }

  /** Waits for the time or for somebody's `resume`, whichever comes first; without a time for `resume` alone. */
  async resumedOr(waitMs: number | undefined, summary: string): Promise<void> {
    const before = this.resumed;
    this.standing = true;
    try {
      if (waitMs === undefined) await condition(() => this.resumed > before);
      else await condition(() => this.resumed > before, waitMs, { summary });
    } finally {
      this.standing = false;
    }
  }

  private approval(): Door<messages.Approval> {
    return {
      schema: messages.Approval,
      refusal: ({ stage }) => this.notAwaited(stage),
      accept: ({ stage, actor, note }) => {
        this.decision = { kind: 'approved' };
        this.progress.remark(`${stage} approved by ${actor ?? 'an operator'}${note ? `: ${note}` : ''}`);
        return `${stage} approved`;
      },
    };
  }

  private rejection(): Door<messages.Rejection> {
    return {
      schema: messages.Rejection,
      refusal: ({ stage }) => this.notAwaited(stage),
      accept: ({ stage, actor, reason }) => {
        this.decision = { kind: 'rejected', reason };
        this.progress.remark(`${stage} rejected by ${actor ?? 'an operator'}: ${reason}`);
        return `${stage} rejected`;
      },
    };
  }

  private pause(): Door<messages.Remark> {
    return {
      schema: messages.Remark,
      refusal: () => this.over() ?? (this.paused ? 'the task is paused already' : undefined),
      accept: (remark) => {
        this.paused = true;
        this.progress.remark(`pause asked for by ${said(remark)}`);
        return 'pauses when the step at work is done';
      },
    };
  }

  private resume(): Door<messages.Remark> {
    return {
      schema: messages.Remark,
      refusal: () => this.over() ?? (this.paused || this.standing ? undefined : 'the task is not waiting for that'),
      accept: (remark) => {
        this.paused = false;
        this.resumed += 1;
        this.progress.remark(`resumed by ${said(remark)}`);
        return 'goes on';
      },
    };
  }

  private cancel(): Door<messages.Remark> {
    return {
      schema: messages.Remark,
      refusal: () =>
        this.over() ?? (this.cancelReason === undefined ? undefined : 'the task is being cancelled already'),
      accept: (remark) => {
        this.cancelReason = `cancelled by ${said(remark)}`;
        this.scope.cancel();
        return 'ends what is at work and tidies up';
      },
    };
  }

  private over(): string | undefined {
    const { state } = this.progress.status;
    return isEnd(state) ? `the task has ended (${state})` : undefined;
  }

  private notAwaited(stage: string): string | undefined {
    const over = this.over();
    if (over) return over;
    if (this.awaited === undefined || this.progress.status.state !== TaskState.AwaitingApproval) {
      return 'no stage waits for an approval';
    }
    if (this.decision) return `'${this.awaited}' was decided already`;
    return stage === this.awaited ? undefined : `'${stage}' does not wait for an approval, '${this.awaited}' does`;
  }

  private listen<T>(signal: typeof messages.approveSignal, update: typeof messages.approveUpdate, door: Door<T>): void {
    const check = (raw: unknown): { message: T } | { problem: string } => {
      const parsed = door.schema.safeParse(raw ?? {});
      if (!parsed.success) {
        return {
          problem: parsed.error.issues.map((one) => `${one.path.join('.') || 'input'}: ${one.message}`).join('; '),
        };
      }
      const problem = door.refusal(parsed.data);
      return problem === undefined ? { message: parsed.data } : { problem };
    };
    setHandler(signal, (raw) => {
      const checked = check(raw);
      if ('problem' in checked) this.progress.refuse(`${signal.name}: ${checked.problem}`);
      else door.accept(checked.message);
    });
    setHandler(
      update,
      (raw) => {
        const checked = check(raw);
        if ('problem' in checked) throw ApplicationFailure.nonRetryable(checked.problem, 'BadInput');
        return { message: door.accept(checked.message), state: this.progress.status.state };
      },
      {
        validator: (raw) => {
          const checked = check(raw);
          if ('problem' in checked) throw ApplicationFailure.nonRetryable(checked.problem, 'BadInput');
        },
      },
    );
  }
}

function said({ actor, reason }: messages.Remark): string {
  return `${actor ?? 'an operator'}${reason ? `: ${reason}` : ''}`;
}
