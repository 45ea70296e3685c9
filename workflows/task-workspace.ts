import { CancellationScope, isCancellation, log, sleep } from '@temporalio/workflow';
import type { Change, HostActivities, OpenedWorkspace, TaskFrame } from '../src/contract/activities.ts';
import type { ResourceNeeds, Stage } from '../src/domain/definition.ts';
import type { TaskStatus } from '../src/contract/task-status.ts';
import { causeOf, isHostGone, isShortage } from './failure-cause.ts';
import { anyHost, onHost } from './proxies.ts';

/** How often a task moves to another host before the trouble counts as its own. */
const MOST_MOVES = 5;

/** How long the task waits before it asks for a host again that was too short of disk or memory, at first and at most. */
const SHORTAGE_MS = 15_000;
const LONGEST_SHORTAGE_MS = 600_000;

const CLOSING: Pick<Stage, 'timeout' | 'retry'> = {
  timeout: '2m',
  retry: { maximumAttempts: 3, initialInterval: '1s', maximumInterval: '10s', backoffCoefficient: 2 },
};

export interface WorkspaceWatcher {
  /** The workspace is on that host now, or on none. */
  moved(opened: OpenedWorkspace | null): void;
  /** What it waits for before it can be opened; null when that is over. */
  waits(waitingFor: TaskStatus['waitingFor']): void;
}

/** The task's place on a host: opened when a step needs it, moved when the host is gone, closed at the end. */
export class TaskWorkspace {
  private readonly frame: TaskFrame;
  private readonly watcher: WorkspaceWatcher;
  /** Hosts where the folder was left for later. */
  private readonly kept = new Set<string>();
  private hostId: string | null = null;
  private moves = 0;
  /** What to lay over the base when the workspace is opened anew. */
  restore: Change | null = null;

  constructor(frame: TaskFrame, watcher: WorkspaceWatcher) {
    this.frame = frame;
    this.watcher = watcher;
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
    try {
      for (let tries = 0; ; tries += 1) {
        const opened = await this.tryOpen(needs, tries);
        if (!opened) continue;
        this.hostId = opened.hostId;
        this.kept.delete(opened.hostId);
        this.watcher.moved(opened);
        return opened.hostId;
      }
    } finally {
      this.watcher.waits(null);
    }
  }

  /** Asks once; where the host is too small just now it stands aside for a while, so that others see why. */
  private async tryOpen(needs: ResourceNeeds, tries: number): Promise<OpenedWorkspace | undefined> {
    const { frame, restore } = this;
    this.watcher.waits({ what: `a slot on a ${frame.specialty.name} host`, until: null });
    try {
      const { diskMb, memoryMb } = needs;
      return await anyHost(frame, needs).openWorkspace({ frame, needs: { diskMb, memoryMb }, restore });
    } catch (error) {
      const cause = causeOf(error);
      if (isCancellation(error) || !isShortage(cause)) throw error;
      const waitMs = Math.min(SHORTAGE_MS * 2 ** Math.min(tries, 10), LONGEST_SHORTAGE_MS);
      const until = new Date(Date.now() + waitMs).toISOString();
      this.watcher.waits({ what: `a ${frame.specialty.name} host with room: ${cause.message}`, until });
      await sleep(waitMs, { summary: cause.message });
      return undefined;
    }
  }

  /** Frees the slot while the task waits for something long; the folder stays where it is. */
  async suspend(): Promise<void> {
    const hostId = this.hostId;
    if (hostId === null) return;
    this.kept.add(hostId);
    await this.end(hostId, { keep: true });
    this.leave();
  }

  /** Removes everything on every host, also while the task is being cancelled. A host that is gone has nothing left. */
  async close(): Promise<void> {
    const hosts = [...new Set([...this.kept, ...(this.hostId === null ? [] : [this.hostId])])];
    await CancellationScope.nonCancellable(() => Promise.all(hosts.map((host) => this.end(host, { keep: false }))));
    if (this.hostId !== null) this.leave();
  }

  private async end(hostId: string, { keep }: { keep: boolean }): Promise<void> {
    try {
      const summary = keep ? 'free the slot while the task waits' : 'tidy up the workspace';
      await onHost(hostId, CLOSING, summary).closeWorkspace({ frame: this.frame, keep });
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('workspace left behind', { hostId, cause: causeOf(error).message });
    }
  }

  private leave(): void {
    this.hostId = null;
    this.watcher.moved(null);
  }
}
