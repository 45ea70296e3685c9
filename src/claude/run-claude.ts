import { query, type Options } from '@anthropic-ai/claude-agent-sdk';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { ProcessTrees } from '../process/process-trees.ts';
import { checkInit, type ExpectedInit } from './check-init.ts';
import { checkExecutable, shippedVersion } from './find-claude.ts';
import { buildClaudeEnvironment, type ClaudeCredential } from './claude-environment.ts';
import type { Claude, ClaudeHooks, ClaudeRequest } from './claude.ts';
import { runConversation, type Attempt } from './run-conversation.ts';
import { openConversation } from './conversation.ts';
import { startSessionClock } from './session-clock.ts';
import { watchProcess, type WatchedProcess } from './watched-process.ts';
import { describeMessage } from './session-events.ts';
import { digestMessage, type Recording, type StreamMessage } from './recording.ts';

const PERMISSION_MODE = 'dontAsk';
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

interface ProcessRun {
  readonly request: ClaudeRequest;
  readonly attempt: Attempt;
  readonly onMessage: (message: StreamMessage) => void;
}

async function runProcess(options: ClaudeOptions, run: ProcessRun): Promise<Recording> {
  const { request } = run;
  await checkExecutable(options.executable);
  const version = await shippedVersion(options.executable);
  const messages: StreamMessage[] = [];
  const abort = new AbortController();
  let child: WatchedProcess | undefined;
  let ended: Recording['ended'];
  if (request.signal.aborted) return { messages, exitCode: null, signal: null, stderr: '', ended: 'cancelled' };
  const clock = startSessionClock(request, (why) => {
    ended = why;
    child?.end();
    abort.abort();
  });
  try {
    const stream = query({
      prompt: run.attempt.prompt,
      options: sdkOptions(options, { ...run, abort, onSpawn: (spawned) => (child = spawned) }),
    });
    for await (const message of stream) {
      clock.heard();
      if (isInit(message)) checkInit(message, expectedInit(request, version));
      takeMessage(message, run, messages);
    }
  } catch (error) {
    // the SDK throws after each result that is an error, and when the process ends early: the recording says it better
    if (error instanceof TypedError || !child) {
      child?.end();
      throw asTypedError(error);
    }
  } finally {
    clock.stop();
    await child?.ended();
  }
  return record(messages, child, ended);
}

function isInit(message: StreamMessage): boolean {
  return message.type === 'system' && message.subtype === 'init';
}

function expectedInit({ cwd, tools }: ClaudeRequest, version: string | undefined): ExpectedInit {
  return { cwd, tools, version, permissionMode: PERMISSION_MODE };
}

function takeMessage(message: StreamMessage, { onMessage }: ProcessRun, messages: StreamMessage[]): void {
  const digest = digestMessage(message);
  if (digest) messages.push(digest);
  onMessage(message);
}

async function record(
  messages: readonly StreamMessage[],
  child: WatchedProcess | undefined,
  ended: Recording['ended'],
): Promise<Recording> {
  const exit = await child?.ended();
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
  run: ProcessRun & { readonly abort: AbortController; readonly onSpawn: (process: WatchedProcess) => void },
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
      run.onSpawn(watchProcess(child));
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

function asTypedError(error: unknown): TypedError {
  if (error instanceof TypedError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new TypedError(FailureType.ClaudeMissing, `Claude Code could not be started: ${message}`, {
    hint: "Run 'npm install' again with optional dependencies, or set 'claude.executable' to a Claude Code binary.",
    cause: error,
  });
}
