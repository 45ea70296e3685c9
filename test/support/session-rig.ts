import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Claude, ClaudeRequest, ClaudeRun } from '../../src/claude/claude.ts';
import type { ClaudeCredential } from '../../src/claude/claude-environment.ts';
import { SESSION_TOOLS } from '../../src/domain/session-tools.ts';
import { locateClaude } from '../../src/claude/find-claude.ts';
import { createClaude } from '../../src/claude/run-claude.ts';
import type { SessionEvent } from '../../src/claude/session-events.ts';
import { createProcessTrees } from '../../src/process/create-process-trees.ts';
import type { ProcessTrees } from '../../src/process/process-trees.ts';

/** A folder for one task and the real Claude Code in it, pointed at a scripted API. */
export interface SessionRig {
  readonly work: string;
  readonly claudeDir: string;
  readonly tmp: string;
  readonly home: string;
  readonly trees: ProcessTrees;
  readonly env: Readonly<Record<string, string>>;
  readonly events: SessionEvent[];
  claude(options: { baseUrl: string; credential?: ClaudeCredential; executable?: string }): Promise<Claude>;
  /** A request with sensible values; the same session for every call. */
  request(over?: Partial<ClaudeRequest>): ClaudeRequest;
  run(claude: Claude, over?: Partial<ClaudeRequest>): Promise<ClaudeRun>;
  dispose(): Promise<void>;
}

export async function createSessionRig(): Promise<SessionRig> {
  const root = await mkdtemp(join(tmpdir(), 'session-'));
  const [work, claudeDir, tmp, home] = ['work', 'claude', 'tmp', 'home'].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [work, claudeDir, tmp, home]) await mkdir(folder);
  const trees = await createProcessTrees({ owner: `test-${randomUUID()}`, isolation: 'auto' });
  const sessionId = randomUUID();
  const events: SessionEvent[] = [];
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: tmp };
  const request = (over: Partial<ClaudeRequest> = {}): ClaudeRequest => ({
    treeId: root,
    cwd: work,
    claudeDir,
    tmpDir: tmp,
    env,
    sessionId,
    turnKey: 'code-1',
    prompt: (situation) => `Do the task. Situation: ${situation}.`,
    rules: 'Work unattended.',
    model: 'sonnet',
    tools: SESSION_TOOLS,
    maxTurns: 30,
    maxBudgetUsd: 5,
    silenceMs: 60_000,
    wallMs: 120_000,
    signal: new AbortController().signal,
    ...over,
  });
  return {
    work,
    claudeDir,
    tmp,
    home,
    trees,
    env,
    events,
    request,
    async claude({ baseUrl, credential, executable }) {
      return createClaude({
        trees,
        executable: executable ?? (await locateClaude(undefined)),
        credential: credential ?? { apiKey: 'sk-ant-test' },
        baseUrl,
        maxRetries: 1,
      });
    },
    run: (claude, over) => claude.run(request(over), { onEvent: (event) => events.push(event) }),
    async dispose() {
      await trees.end(root);
      await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** Processes whose environment carries the text: what is left of a tree. */
export async function countProcesses(text: string): Promise<number> {
  const { readdir, readFile } = await import('node:fs/promises');
  let count = 0;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environment.includes(text)) count += 1;
  }
  return count;
}
