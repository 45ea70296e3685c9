import { query, type Options, type SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { ProcessTrees, TreeProcess } from '../process/process-trees.ts';
import { checkInit } from './check-init.ts';
import { checkExecutable } from './find-claude.ts';
import { buildClaudeEnvironment, type ClaudeCredential } from './claude-environment.ts';
import type { Claude, ClaudeHooks, ClaudeRequest } from './claude.ts';
import { runConversation, type Attempt } from './run-conversation.ts';
import { openConversation } from './conversation.ts';
import { describeMessage } from './session-events.ts';
import { digestMessage, type Recording, type StreamMessage } from './recording.ts';

const PERMISSION_MODE = 'dontAsk';
const STDERR_BYTES = 8192;
/** After the first signal; cancellation is promised within two seconds. */
const KILL_AFTER_MS = 1000;
const EXIT_WAIT_MS = 2000;

export interface ClaudeOptions {
  readonly trees: ProcessTrees;
  /** The Claude Code binary: what `findClaude` found. */
  readonly executable: string;
  readonly credential: ClaudeCredential;
  readonly baseUrl?: string | undefined;
  /** Tries that Claude Code makes by itself, per request. Default 4. */
  readonly maxRetries?: number;
}

/** Claude Code by the Agent SDK. Each conversation is continued where it stands; see `runConversation`. */
export function createClaude(options: ClaudeOptions): Claude {
  return {
    run(request, hooks) {
      return runConversation(request, (attempt, count) => {
        const onMessage = (message: StreamMessage): void => {
          count(message);
          tell(hooks, message);
        };
        return runProcess(options, { request, attempt, onMessage });
      });
    },
    async findReport({ claudeDir, sessionId, turnKey }) {
      const conversation = await openConversation(claudeDir, sessionId);
      return conversation.report(turnKey);
    },
    async settle({ claudeDir, sessionId, turnKey }, report) {
      const conversation = await openConversation(claudeDir, sessionId);
      await (report === null ? conversation.settleCost() : conversation.settle(turnKey, report));
    },
  };
}

function tell(hooks: ClaudeHooks, message: StreamMessage): void {
  try {
    for (const event of describeMessage(message)) hooks.onEvent(event);
  } catch {
    // whoever watches must not be able to end the session
  }
}

async function runProcess(
  options: ClaudeOptions,
  run: { request: ClaudeRequest; attempt: Attempt; onMessage: (message: StreamMessage) => void },
): Promise<Recording> {
  const { request, attempt, onMessage } = run;
  const messages: StreamMessage[] = [];
  const abort = new AbortController();
  let child: WatchedProcess | undefined;
  let ended: Recording['ended'];
  let problem: unknown;
  const stop = (why: NonNullable<Recording['ended']>): void => {
    ended ??= why;
    child?.end();
    abort.abort();
  };
  const onAbort = (): void => stop('cancelled');
  await checkExecutable(options.executable);
  if (request.signal.aborted) return { messages, exitCode: null, signal: null, stderr: '', ended: 'cancelled' };
  request.signal.addEventListener('abort', onAbort, { once: true });
  const wall = setTimeout(() => stop('wall'), request.wallMs);
  let silence = setTimeout(() => stop('stalled'), request.silenceMs);
  try {
    const stream = query({
      prompt: attempt.prompt,
      options: sdkOptions(options, { request, attempt, abort, onSpawn: (spawned) => (child = spawned) }),
    });
    for await (const message of stream) {
      clearTimeout(silence);
      silence = setTimeout(() => stop('stalled'), request.silenceMs);
      const raw = asStreamMessage(message);
      if (raw.type === 'system' && raw.subtype === 'init') {
        checkInit(raw, { cwd: request.cwd, permissionMode: PERMISSION_MODE, tools: request.tools });
      }
      const digest = digestMessage(raw);
      if (digest) messages.push(digest);
      onMessage(raw);
    }
  } catch (error) {
    // the SDK throws after each result that is an error, and when the process ends early: the recording says it better
    if (error instanceof TypedError || !child) problem = error;
  } finally {
    clearTimeout(wall);
    clearTimeout(silence);
    request.signal.removeEventListener('abort', onAbort);
  }
  const exit = await child?.ended(problem !== undefined || ended !== undefined ? 0 : EXIT_WAIT_MS);
  if (problem !== undefined) throw asTypedError(problem);
  return {
    messages,
    exitCode: exit?.code ?? null,
    signal: exit?.signal ?? null,
    stderr: child?.stderr() ?? '',
    ...(ended && { ended }),
  };
}

function sdkOptions(
  { trees, executable, credential, baseUrl, maxRetries }: ClaudeOptions,
  run: { request: ClaudeRequest; attempt: Attempt; abort: AbortController; onSpawn: (process: WatchedProcess) => void },
): Options {
  const { request, attempt } = run;
  const { claudeDir, tmpDir } = request;
  return {
    abortController: run.abort,
    cwd: request.cwd,
    env: buildClaudeEnvironment({
      env: request.env,
      claudeDir,
      tmpDir,
      credential,
      baseUrl,
      maxRetries: maxRetries ?? 4,
    }),
    pathToClaudeCodeExecutable: executable,
    spawnClaudeCodeProcess(spec) {
      const env = Object.fromEntries(
        Object.entries(spec.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
      );
      const child = trees.spawn({
        treeId: request.treeId,
        command: spec.command,
        args: spec.args,
        cwd: request.cwd,
        env,
      });
      run.onSpawn(watch(child));
      return child;
    },
    ...(attempt.mode === 'resume' ? { resume: attempt.id } : { sessionId: attempt.id }),
    settingSources: [],
    strictMcpConfig: true,
    permissionMode: PERMISSION_MODE,
    permissionPrompts: 'none',
    tools: [...request.tools],
    allowedTools: [...request.tools],
    disallowedTools: ['AskUserQuestion'],
    verbatimPrompts: true,
    // tokens as they come are the sign that a long answer is alive
    includePartialMessages: true,
    systemPrompt: { type: 'preset', preset: 'claude_code', append: request.rules, snapshot: true },
    model: request.model,
    maxTurns: request.maxTurns,
    maxBudgetUsd: request.maxBudgetUsd,
    ...(request.schema && { outputFormat: { type: 'json_schema', schema: { ...request.schema } } }),
  };
}

interface WatchedProcess {
  /** Ends the tree: a polite signal, then the other. */
  end(): void;
  /** How it ended; what is left of the tree after `graceMs` is killed. */
  ended(graceMs: number): Promise<{ code: number | null; signal: string | null } | undefined>;
  stderr(): string;
}

function watch(child: TreeProcess): WatchedProcess {
  let tail = '';
  let exit: { code: number | null; signal: string | null } | undefined;
  child.stderr.on('data', (chunk: Buffer | string) => {
    tail = (tail + String(chunk)).slice(-STDERR_BYTES);
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
      resolve();
    });
    child.once('error', () => resolve());
  });
  return {
    end() {
      child.kill('SIGTERM');
      setTimeout(() => exit ?? child.kill('SIGKILL'), KILL_AFTER_MS).unref();
    },
    async ended(graceMs) {
      await within(gone, graceMs);
      if (!exit) child.kill(graceMs === 0 ? 'SIGTERM' : 'SIGKILL');
      await within(gone, KILL_AFTER_MS);
      child.kill('SIGKILL');
      await within(gone, EXIT_WAIT_MS);
      return exit;
    },
    stderr: () => tail,
  };
}

async function within(done: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([done, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}

/** The SDK's union is closed, the stream is not. */
function asStreamMessage(message: SDKMessage): StreamMessage {
  return message as unknown as StreamMessage;
}

function asTypedError(error: unknown): TypedError {
  if (error instanceof TypedError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new TypedError(FailureType.ClaudeMissing, `Claude Code could not be started: ${message}`, {
    hint: "Run 'npm install' again with optional dependencies, or set 'claude.executable' to a Claude Code binary.",
    cause: error,
  });
}
