import type { Change, Intake, Publication, TaskFrame } from '../src/contract/activities.ts';
import type { Figure } from '../src/domain/criterion.ts';
import type { Analysis } from '../src/contract/session-report.ts';
import type { GateResult } from '../src/contract/gate-result.ts';
import type { IssueTeller } from './issue-teller.ts';
import type { TaskInbox } from './task-inbox.ts';
import type { TaskProgress } from './task-progress.ts';
import type { TaskWorkspace } from './task-workspace.ts';

/** What the stages found and made so far: each reads what it needs of it and adds its own. */
export interface Findings {
  /** The conversation of analysis and code. */
  sessionId: string;
  /** Calls of the session so far, by kind: each gets a number of its own. */
  readonly calls: { analysis: number; code: number };
  analysis: Analysis | null;
  change: Change | null;
  gates: readonly GateResult[];
  /** How often the change was made or mended. */
  rounds: number;
  answer: string;
  publication: Publication | null;
}

/** Everything that a stage works with. */
export interface TaskRun {
  readonly frame: TaskFrame;
  readonly intake: Intake;
  readonly progress: TaskProgress;
  readonly inbox: TaskInbox;
  readonly issue: IssueTeller;
  readonly workspace: TaskWorkspace;
  readonly findings: Findings;
}

/** What a stage reports; the definition's criteria decide on the figures whether that is success. */
export interface StageReport {
  readonly summary: string;
  readonly figures: Readonly<Record<string, Figure>>;
  /** For the stage that mends it, when the criteria are not met. */
  readonly feedback: string;
}
