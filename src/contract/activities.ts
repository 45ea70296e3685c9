import type { EndState } from '../domain/task-state.ts';
import type { Definition } from './stage-definition.ts';
import type { GateResult, GatesReport } from './gate-result.ts';
import type { RepoSettings } from './repo-settings.ts';
import type { Analysis, SessionReport } from './session-report.ts';
import type { TaskInput } from './task-input.ts';

/** A digest (sha256, hex) under which the artifact store holds something too large for Temporal's history. */
export type ArtifactDigest = string;

export interface PullRequestRef {
  readonly number: number;
  readonly url: string;
}

/**
 * The task as every step needs it: fixed at intake, passed to each activity. At most 4 KB.
 * The texts that people wrote (issue, comments, prompt) are in the brief, which is an artifact.
 */
export interface TaskFrame {
  readonly id: string;
  readonly generation: number;
  /** Increases with each run of the task; the ledger issues it, and refuses what an older run wants to publish. */
  readonly epoch: number;
  /** Folder-safe name of the task. */
  readonly key: string;
  /** Folder-safe key of the repository, such as `github.com/owner/name`; null for a scratch task. */
  readonly repo: string | null;
  readonly kind: 'forge' | 'git' | 'scratch';
  readonly issue: number | null;
  readonly issueUrl: string | null;
  /** Shortened, stripped of control characters: for people's eyes only. */
  readonly title: string;
  readonly branch: string;
  readonly base: string;
  readonly baseSha: string;
  readonly specialty: {
    readonly name: string;
    readonly model: string;
    readonly prompt: string;
    readonly tools: readonly string[];
  };
  readonly settings: RepoSettings;
  readonly brief: ArtifactDigest;
}

export interface Intake {
  readonly frame: TaskFrame;
  readonly definition: Definition;
  readonly budgetUsd: number;
  /** Caps on one session, from the coordinator's limits. */
  readonly session: { readonly maxTurns: number; readonly wallMs: number };
  readonly priority: number;
  /** A pull request that an earlier run of this task already opened. */
  readonly pullRequest: PullRequestRef | null;
}

/** What a session on a host works from: written by intake as JSON into the artifact store. */
export interface Brief {
  readonly title: string;
  readonly body: string;
  readonly url: string | null;
  readonly labels: readonly string[];
  readonly comments: readonly { readonly author: string; readonly body: string }[];
}

export type Submission =
  /** The asking run is the canonical one and goes on with this input. */
  | { readonly kind: 'self'; readonly input: TaskInput }
  /** Another run is, and was started or found. */
  | { readonly kind: 'started' | 'attached' | 'already-ended'; readonly id: string };

export interface OpenedWorkspace {
  readonly hostId: string;
  /** Where the following steps of the task must run. */
  readonly queue: string;
  /** What the repository's own set-up took: zero where a workspace was found as it was left. */
  readonly setupMs: number;
}

/** A commit on top of the base, packed for the control side. */
export interface Change {
  readonly bundle: ArtifactDigest | null;
  readonly headSha: string;
  readonly treeSha: string;
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
  /** The first 50 changed paths. */
  readonly paths: readonly string[];
  /** What could not be captured, in words: nested repositories, for instance. */
  readonly losses: readonly string[];
}

/** Runs on the control side: it alone holds the forge's token, the ledger and the right to push. */
export interface ControlActivities {
  /** Finds out which canonical task an input means; starts it, attaches to it, or says that the asker is it. */
  submitTask(request: { readonly input: TaskInput; readonly requester: string }): Promise<Submission>;
  /** Reads the issue, fixes branch and base in the ledger, chooses specialty and definition, freshens the mirror. */
  takeIn(request: { readonly input: TaskInput }): Promise<Intake>;
  /** One comment and one label on the issue that follow the task: found again by a hidden mark and edited. */
  tellIssue(request: { readonly frame: TaskFrame; readonly notice: IssueNotice }): Promise<void>;
  /** Checks the bundle, imports it into the trusted mirror, pushes the branch with a lease on what we pushed last. */
  publishChange(request: { readonly frame: TaskFrame; readonly change: Change }): Promise<Publication>;
  /** Finds the pull request by head branch and mark, or opens it. */
  openPullRequest(request: PullRequestRequest): Promise<PullRequestRef>;
  /** Writes the end into the ledger. */
  closeTask(request: CloseRequest): Promise<void>;
}

export interface IssueNotice {
  readonly state: string;
  /** Markdown in our own words: nothing that a session, a program or a stranger wrote. */
  readonly text: string;
  /** What such a one wrote: it is quoted below the text, and made harmless before it is published. */
  readonly quote?: string;
  readonly pullRequest: PullRequestRef | null;
}

export interface Publication {
  /** Where the commits are: `branch` pushed, or `patch` kept as an artifact because the remote takes no push. */
  readonly kind: 'branch' | 'patch';
  readonly headSha: string;
  readonly location: string;
}

export interface PullRequestRequest {
  readonly frame: TaskFrame;
  readonly change: Change;
  readonly analysis: Analysis | null;
  readonly answer: string;
  readonly gates: readonly GateResult[];
  readonly rounds: number;
  readonly costUsd: number;
  readonly sessions: number;
}

export interface CloseRequest {
  readonly id: string;
  readonly epoch: number;
  readonly state: EndState;
  readonly reason: string;
  readonly costUsd: number;
  readonly turns: number;
  readonly pullRequest: PullRequestRef | null;
}

export interface SessionRequest {
  readonly frame: TaskFrame;
  readonly kind: 'analysis' | 'code';
  /** The conversation: the same id over all stages and retries of one run, so that a retry continues it. */
  readonly sessionId: string;
  /** 1 for the first call of this kind in the task, then 2, 3, …: each call is told apart, so that a retry finds its own. */
  readonly round: number;
  /** What to mend: the last gates' findings or a person's remark. Empty in round 1 and where the session only goes on. */
  readonly feedback: string;
  readonly analysis: Analysis | null;
  readonly budgetUsd: number;
  readonly maxTurns: number;
  /** Wall-clock cap on the session, milliseconds. */
  readonly wallMs: number;
}

/**
 * Runs on session hosts: they hold no forge token and reach ledger and artifacts through the gateway only.
 * `openWorkspace` is dispatched to the specialty's queue, the others to the queue of the host that answered.
 * Each first makes the workspace right, so that it can run after a crash of its host's process.
 */
export interface HostActivities {
  openWorkspace(request: {
    readonly frame: TaskFrame;
    readonly needs: { readonly diskMb: number; readonly memoryMb: number };
    /** A change to start from instead of the base: what an earlier host captured. */
    readonly restore: Change | null;
  }): Promise<OpenedWorkspace>;
  runSession(request: SessionRequest): Promise<SessionReport>;
  runGates(request: { readonly frame: TaskFrame; readonly timeoutMs: number }): Promise<GatesReport>;
  runCommand(request: {
    readonly frame: TaskFrame;
    readonly name: string;
    readonly command: string;
    readonly timeoutMs: number;
  }): Promise<GatesReport>;
  /** Commits what the session changed, without anything that set-up, builds or gates left, and uploads the bundle. */
  captureChange(request: { readonly frame: TaskFrame; readonly analysis: Analysis | null }): Promise<Change>;
  /**
   * Ends everything that runs there, frees the slot and removes the folder; a no-op where there is none.
   * With `keep` the folder stays, so that a task that only waits finds its tree and conversation again.
   */
  closeWorkspace(request: { readonly frame: TaskFrame; readonly keep: boolean }): Promise<void>;
}
