import { simpleGit } from 'simple-git';
import { gitEnvironment, type GitPlace } from './git-environment.ts';
import { gitFailure } from './git-failure.ts';

export interface GitCall extends GitPlace {
  /** An existing folder; `/` where the command needs none. */
  readonly cwd?: string | undefined;
  /** Not empty: simple-git ends the stream only after it wrote something. */
  readonly stdin?: Buffer | string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What is being done, for the message of a failure: `fetch of github.com/o/r`. */
  readonly what?: string | undefined;
}

export interface GitResult {
  /** -1 when git could not be started or was ended by a signal. */
  readonly exitCode: number;
  /** Bytes as they came: file names need not be UTF-8. */
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs git: one hardened program call per method call, nothing inherited, no shell. */
export interface Git {
  /** Never rejects for what git answered; rejects with the signal's reason when aborted. */
  try(args: readonly string[], call?: GitCall): Promise<GitResult>;
  /** The standard output; a non-zero exit becomes the TypedError that its message means. */
  run(args: readonly string[], call?: GitCall): Promise<Buffer>;
}

/** How long an aborted git may take to end its own helpers before the caller goes on without it. */
const ABORT_GRACE_MS = 1_500;

/**
 * The only place that starts git.
 * `env` is what git may see of the host: PATH, HOME, proxy and CA variables.
 */
export function createGit(options: { readonly env: Readonly<Record<string, string>> }): Git {
  async function attempt(args: readonly string[], call: GitCall = {}): Promise<GitResult> {
    call.signal?.throwIfAborted();
    if (call.stdin?.length === 0) throw new RangeError('git would wait for the end of an empty input');
    const env = gitEnvironment(options.env, call);
    const stdout: Buffer[] = [];
    let exitCode = -1;
    let stderr = '';
    const client = simpleGit({
      baseDir: call.cwd ?? '/',
      ...(call.signal && { abort: call.signal }),
      // the end of both streams is what ends a command, not a time after its exit
      completion: { onClose: true, onExit: false },
      allowEnvironment: Object.keys(env),
      // what these guard against in options of strangers is set here by ourselves, to harmless values
      unsafe: {
        allowUnsafeAskPass: true,
        allowUnsafeConfigEnvCount: true,
        allowUnsafeConfigPaths: true,
        allowUnsafeCredentialHelper: true,
        allowUnsafeFsMonitor: true,
        allowUnsafeHooksPath: true,
        allowUnsafePager: true,
        allowUnsafeProtocolOverride: true,
        allowUnsafeSshCommand: true,
        allowUnsafeTemplateDir: true,
      },
      input: () => call.stdin,
      errors(error, result) {
        exitCode = result.exitCode;
        stderr = Buffer.concat(result.stdErr).toString('utf8');
        return call.signal?.aborted && !Buffer.isBuffer(error) ? error : undefined;
      },
    });
    client.env(env).outputHandler((_command, out) => {
      out.on('data', (chunk: Buffer) => stdout.push(chunk));
      // simple-git waits 50 ms more for a command that wrote nothing; here nothing can come after the streams' end
      queueMicrotask(() => out.emit('data', Buffer.alloc(0)));
    });
    await untilAborted(client.raw([...args]), call.signal);
    return { exitCode, stdout: Buffer.concat(stdout), stderr };
  }

  return {
    try: attempt,
    async run(args, call) {
      const result = await attempt(args, call);
      if (result.exitCode === 0) return result.stdout;
      throw gitFailure(result.stderr, call?.what ?? `git ${args[0]}`);
    },
  };
}

async function untilAborted(run: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) {
    await run;
    return;
  }
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<void>((resolve) => {
    onAbort = () => (timer = setTimeout(resolve, ABORT_GRACE_MS));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([run, aborted]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
  signal.throwIfAborted();
}
