import type { PullRequestRef } from '../contract/activities.ts';
import type { HostReport } from '../contract/host-report.ts';
import type { EndState } from '../domain/task-state.ts';

/** What is remembered of a task for ever, whatever Temporal's retention. */
export interface LedgerTask {
  readonly id: string;
  readonly generation: number;
  readonly epoch: number;
  readonly repo: string | null;
  readonly issue: number | null;
  readonly title: string;
  readonly specialty: string | null;
  readonly source: string;
  readonly branch: string | null;
  readonly base: string | null;
  /** The head that we pushed last: the lease of the next push. */
  readonly pushedSha: string | null;
  readonly pullRequest: PullRequestRef | null;
  readonly state: EndState | 'running';
  readonly reason: string | null;
  readonly costUsd: number;
  readonly turns: number;
  /** ISO times. */
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** One execution of a task's workflow, as it asks for its epoch. */
export interface NewRun {
  readonly id: string;
  readonly runId: string;
  readonly generation: number;
  readonly repo: string | null;
  readonly issue: number | null;
  readonly source: string;
}

/** The database of tasks and spend. Methods with an `epoch` refuse (TypedError `WorkspaceLost`) one that was superseded. */
export interface Ledger {
  /**
   * Registers a run of a task and issues its epoch; the same runId gets the same epoch again.
   * Branch and pull request of an earlier generation stay.
   */
  beginRun(run: NewRun): Promise<LedgerTask>;
  /** Fixes branch, base and title at the first call; later calls get what was fixed (title and specialty follow). */
  fixBranch(
    id: string,
    epoch: number,
    fixed: { readonly branch: string; readonly base: string; readonly title: string; readonly specialty: string },
  ): Promise<LedgerTask>;
  recordPush(id: string, epoch: number, sha: string): Promise<void>;
  recordPullRequest(id: string, epoch: number, pullRequest: PullRequestRef): Promise<void>;
  /** Throws when the epoch is not the newest of the task. */
  checkEpoch(id: string, epoch: number): Promise<void>;
  end(
    id: string,
    epoch: number,
    end: { readonly state: EndState; readonly reason: string; readonly costUsd: number; readonly turns: number },
  ): Promise<void>;
  find(id: string): Promise<LedgerTask | undefined>;
  /** Newest first. */
  list(filter: { readonly state?: string; readonly repo?: string; readonly limit: number }): Promise<LedgerTask[]>;
  /** Cost in dollars of the latest completed tasks of the repository, newest first, at most 50: what an estimate is made of. */
  recentCosts(filter: { readonly repo: string | null }): Promise<number[]>;
  recordHost(report: HostReport): Promise<void>;
  /** Hosts by their last report, newest first. */
  listHosts(): Promise<(HostReport & { readonly seenAt: string })[]>;
  close(): void;
}
