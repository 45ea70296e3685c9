import { CancellationScope, isCancellation, log } from '@temporalio/workflow';
import type { Change, HostActivities, OpenedWorkspace, TaskFrame } from '../src/contract/activities.ts';
import type { ResourceNeeds, Stage } from '../src/domain/definition.ts';
import { causeOf, isHostGone } from './failure-cause.ts';
import { anyHost, onHost } from './proxies.ts';

/** How often a task moves to another host before the trouble counts as its own. */
const MOST_MOVES = 5;

const CLOSING: Pick<Stage, 'timeout' | 'retry'> = {
  timeout: '2m',
  retry: { maximumAttempts: 3, initialInterval: '1s', maximumInterval: '10s', backoffCoefficient: 2 },
};

/** The task's place on a host: opened when a step needs it, moved when the host is gone, closed at the end. */
export class TaskWorkspace {
  private readonly frame: TaskFrame;
  private readonly onMove: (opened: OpenedWorkspace | null) => void;
  private hostId: string | null = null;
  private moves = 0;
  /** What to lay over the base when the workspace is opened anew. */
  restore: Change | null = null;

  constructor(frame: TaskFrame, onMove: (opened: OpenedWorkspace | null) => void) {
    this.frame = frame;
    this.onMove = onMove;
  }

  /** Runs a step where the workspace is; on another host, from the last captured change, when that one is gone. */
  async run<T>(stage: Stage, summary: string, step: (host: HostActivities) => Promise<T>): Promise<T> {
    for (;;) {
      const hostId = await this.open(stage.needs);
      try {
        return await step(onHost(hostId, stage, summary));
      } catch (error) {
        const cause = causeOf(error);
        if (isCancellation(error) || !isHostGone(cause) || this.moves >= MOST_MOVES) throw error;
        this.moves += 1;
        log.warn('host gone, moving the task', { hostId, cause: cause.message, moves: this.moves });
        this.leave();
      }
    }
  }

  /** Opens the workspace unless it is open: waits for a slot of the specialty. */
  async open(needs: ResourceNeeds): Promise<string> {
    if (this.hostId !== null) return this.hostId;
    const opened = await anyHost(this.frame, needs).openWorkspace({
      frame: this.frame,
      needs: { diskMb: needs.diskMb, memoryMb: needs.memoryMb },
      restore: this.restore,
    });
    this.hostId = opened.hostId;
    this.onMove(opened);
    return opened.hostId;
  }

  /** Frees the slot while the task waits for something long; the folder stays where it is. */
  async suspend(): Promise<void> {
    if (this.hostId === null) return;
    await this.end({ keep: true });
  }

  /** Removes everything on the host, also while the task is being cancelled. A host that is gone has nothing left. */
  async close(): Promise<void> {
    if (this.hostId === null) return;
    await CancellationScope.nonCancellable(() => this.end({ keep: false }));
  }

  private async end({ keep }: { keep: boolean }): Promise<void> {
    const hostId = this.hostId;
    if (hostId === null) return;
    try {
      const summary = keep ? 'free the slot while the task waits' : 'tidy up the workspace';
      await onHost(hostId, CLOSING, summary).closeWorkspace({ frame: this.frame, keep });
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('workspace left behind', { hostId, cause: causeOf(error).message });
    }
    this.leave();
  }

  private leave(): void {
    this.hostId = null;
    this.onMove(null);
  }
}
