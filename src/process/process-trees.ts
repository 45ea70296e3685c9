import type { Readable, Writable } from 'node:stream';

/** One program to run, and everything it starts. */
export interface TreeSpec {
  /** Everything that runs for one task shares its tree id, so that it can be ended as a whole. */
  readonly treeId: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface RunSpec extends TreeSpec {
  readonly timeoutMs: number;
  /** Output kept in memory: the first and the last half of this many bytes. Default 1 MiB. */
  readonly maxOutputBytes?: number;
  /** Called for each line of both streams, cut at 4 KB, decoded leniently. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Both streams as they came, invalid UTF-8 replaced; a line in the middle says how much was cut. */
  readonly output: string;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  readonly durationMs: number;
}

/** A running program: what the Agent SDK's `spawnClaudeCodeProcess` wants, and services need. */
export interface TreeProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly pid: number | undefined;
  readonly killed: boolean;
  readonly exitCode: number | null;
  /** Ends the whole tree: the signal first, SIGKILL for what is left, so that all is over within two seconds. */
  kill(signal?: NodeJS.Signals): boolean;
  on(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  once(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): this;
  once(event: 'error', listener: (error: Error) => void): this;
  off(event: 'exit', listener: (code: number | null, signal: NodeJS.Signals | null) => void): this;
  off(event: 'error', listener: (error: Error) => void): this;
}

/** Runs programs so that nothing they started outlives them, their task, or this process. */
export interface ProcessTrees {
  readonly isolation: 'bubblewrap' | 'none';
  /** Never rejects for what the program did; rejects when it could not be started (TypedError ConfigError, WorkspaceLost, ResourceShortage). */
  run(spec: RunSpec): Promise<RunResult>;
  spawn(spec: TreeSpec): TreeProcess;
  /** Ends everything of the task within two seconds; resolves to how many processes there still were. */
  end(treeId: string): Promise<number>;
  /** Ends what an earlier process of the same owner left behind after a kill -9. */
  reap(): Promise<number>;
}
