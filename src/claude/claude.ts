import type { ClaudeOutcome } from './claude-outcome.ts';
import type { SessionEvent } from './session-events.ts';

/** One turn of a conversation: what to say, where, with what, and how far it may go. */
export interface ClaudeRequest {
  /** The process tree that Claude Code and everything it starts belong to. */
  readonly treeId: string;
  readonly cwd: string;
  /** CLAUDE_CONFIG_DIR of the task: transcripts and our notes on the conversation are there. */
  readonly claudeDir: string;
  readonly tmpDir: string;
  /** The allow-listed environment; what Claude Code itself needs is added. */
  readonly env: Readonly<Record<string, string>>;
  /** The conversation, as the workflow knows it: it is continued where it exists. */
  readonly sessionId: string;
  /** Which turn this is: the same key again means that it is tried again. */
  readonly turnKey: string;
  /** What to say, depending on what the conversation already knows. */
  readonly prompt: (situation: TurnSituation) => string;
  /** Standing rules, appended to Claude Code's own system prompt. */
  readonly rules: string;
  readonly model: string;
  readonly tools: readonly string[];
  /** JSON Schema of the answer, where a structured one is asked for. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly maxTurns: number;
  readonly maxBudgetUsd: number;
  /** Ended as `stalled` when no message came for so long, milliseconds. */
  readonly silenceMs: number;
  readonly wallMs: number;
  readonly signal: AbortSignal;
}

/**
 * `fresh`: the first word of the conversation. `continued`: an earlier turn is done.
 * `interrupted`: a turn was begun and did not end. `lost`: there was a conversation, and it cannot be resumed.
 */
export type TurnSituation = 'fresh' | 'continued' | 'interrupted' | 'lost';

export interface ClaudeHooks {
  /** Sees what happens, as it happens, in lines for people; what it throws is ignored. */
  onEvent(event: SessionEvent): void;
}

export interface ClaudeRun {
  readonly outcome: ClaudeOutcome;
  /** The id of the conversation at Claude Code: differs from the request's after one was lost. */
  readonly sessionId: string;
  /** The closing words. */
  readonly text: string;
  readonly structured: unknown;
  /** Spend that was not settled before: of this run and of earlier runs that nobody reported. */
  readonly costUsd: number;
  readonly turns: number;
  readonly durationMs: number;
}

/** One turn of one conversation of a task. */
export interface TurnRef {
  readonly claudeDir: string;
  readonly sessionId: string;
  readonly turnKey: string;
}

export interface Claude {
  /** Rejects with TypedError `ConfigError` or `ClaudeMissing` where Claude Code cannot be run as meant. */
  run(request: ClaudeRequest, hooks: ClaudeHooks): Promise<ClaudeRun>;
  /** What `settle` kept of a turn that was completed earlier. */
  findReport(turn: TurnRef): Promise<unknown>;
  /** Marks the run's cost as reported and, with a report, the turn as completed: in one step, against a kill between. */
  settle(turn: TurnRef, report: unknown): Promise<void>;
}
