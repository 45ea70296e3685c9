import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { wrap } from './bubblewrap.ts';
import { endProcesses, type Target } from './end-processes.ts';
import { findProgram } from './find-program.ts';
import { isOfProgram, markEnvironment, type ProgramMark } from './program-mark.ts';
import type { TreeProcess, TreeSpec } from './process-trees.ts';

/** How long the pipes may stay open after the program and all it started are gone. */
const DRAIN_MS = 1_000;

export interface TreeChildOptions {
  readonly spec: TreeSpec;
  readonly mark: ProgramMark;
  /** Path of the bubblewrap to run in, if any. */
  readonly bubblewrap: string | undefined;
  readonly stdin: 'ignore' | 'pipe';
}

/** A started program and everything it starts. Throws TypedError when it cannot be started. */
export class TreeChild extends EventEmitter implements TreeProcess {
  readonly mark: ProgramMark;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once the program has ended, nothing it started is left, and its output was read or given up. */
  readonly over: Promise<void>;
  readonly #child: ChildProcess;
  readonly #isWrapped: boolean;
  #killed = false;
  #ending: Promise<number> | undefined;

  constructor(options: TreeChildOptions) {
    super();
    const { spec, bubblewrap } = options;
    const program = locate(spec);
    this.mark = options.mark;
    this.#isWrapped = bubblewrap !== undefined;
    const stdio: StdioOptions = [options.stdin, 'pipe', 'pipe'];
    this.#child = spawn(bubblewrap ?? program, bubblewrap ? wrap(program, spec.args, spec.cwd) : [...spec.args], {
      cwd: spec.cwd,
      env: { ...spec.env, ...markEnvironment(options.mark) },
      stdio,
      // a session of its own: Ctrl-C at our terminal is ours to handle
      detached: true,
    });
    this.stdin = this.#child.stdin as Writable;
    this.stdout = this.#child.stdout as Readable;
    this.stderr = this.#child.stderr as Readable;
    // what is written to a program that has just ended is lost, and its exit is the news
    this.#child.stdin?.on('error', () => undefined);
    this.over = this.#settle();
    this.#follow(spec.signal);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get killed(): boolean {
    return this.#killed;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  get signalCode(): NodeJS.Signals | null {
    return this.#child.signalCode;
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): boolean {
    if (this.#hasExited()) return false;
    void this.end(signal);
    return true;
  }

  /** Ends all of it: the soft signal first, SIGKILL for what is left. Resolves to how many processes there were. */
  end(soft: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    this.#killed = true;
    this.#ending ??= endProcesses(this.#target(), soft);
    return this.#ending;
  }

  #hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  #target(): Target {
    const pid = this.#child.pid;
    const program = this.mark.program;
    const roots = new Set(pid === undefined || this.#hasExited() ? [] : [pid]);
    return {
      matches: (entry) => entry.group === pid || entry.session === pid || isOfProgram(entry.environment(), program),
      roots,
      wrappers: this.#isWrapped ? roots : new Set(),
    };
  }

  #follow(signal: AbortSignal | undefined): void {
    if (!signal) return;
    const onAbort = (): void => void this.end();
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    void this.over.finally(() => signal.removeEventListener('abort', onAbort));
  }

  async #settle(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    const failed = await new Promise<boolean>((resolve) => {
      this.#child.once('error', (error) => {
        if (this.#child.pid !== undefined) return;
        resolve(true);
        queueMicrotask(() => this.emit('error', startFailure(error)));
      });
      this.#child.once('exit', (code, signal) => {
        resolve(false);
        this.emit('exit', code, signal);
      });
    });
    if (failed) return;
    // nothing outlives the program it belongs to
    await Promise.all([this.#ending, endProcesses(this.#target())]);
    const drained = new AbortController();
    const timer = setTimeout(() => drained.abort(), DRAIN_MS);
    const gaveUp = new Promise<void>((resolve) => drained.signal.addEventListener('abort', () => resolve()));
    await Promise.race([closed, gaveUp]);
    clearTimeout(timer);
    if (!drained.signal.aborted) return;
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }
}

function locate(spec: TreeSpec): string {
  const program = findProgram(spec.command, spec.env['PATH']);
  if (!program) {
    throw new TypedError(FailureType.ConfigError, `the program '${spec.command}' was not found`, {
      hint: 'Install it on this host, on the PATH that taskfleet was started with.',
    });
  }
  if (!statSync(spec.cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw new TypedError(FailureType.WorkspaceLost, `the folder ${spec.cwd} to run in does not exist`);
  }
  return program;
}

function startFailure(error: Error): TypedError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const type = ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'].includes(code)
    ? FailureType.ResourceShortage
    : FailureType.ConfigError;
  return new TypedError(type, `the program could not be started: ${error.message}`, { cause: error });
}
