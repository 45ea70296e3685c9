import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ArtifactStore } from '../src/artifacts/artifact-store.ts';
import type { Claude, ClaudeRun, TurnRef, TurnSituation } from '../src/claude/claude.ts';
import type { Prompts, TurnPrompts } from '../src/claude/prompts.ts';
import type { HostActivities, SessionRequest, TaskFrame } from '../src/contract/activities.ts';
import type { TaskLog } from '../src/contract/log-entry.ts';
import { Analysis, type SessionReport } from '../src/contract/session-report.ts';
import { withoutEditing } from '../src/domain/session-tools.ts';
import { decidable } from './session-failure.ts';
import { withHeartbeat } from './with-heartbeat.ts';
import { guardWorkspace } from './workspace-guard.ts';

const TEXT_LIMIT = 2000;
const ITEM_LIMIT = 300;
const ITEMS_LIMIT = 12;
const CLAUDE_MD = ['CLAUDE.md', '.claude/CLAUDE.md'];

/** Where a session works; every path is absolute, and `work` is the repository's folder. */
export interface SessionWorkspace {
  readonly work: string;
  readonly tmp: string;
  /** Claude Code's configuration and transcripts of this task. */
  readonly claude: string;
  readonly home: string;
  readonly portBase: number;
}

export interface SessionDependencies {
  /** Makes the workspace right, and says where it is. */
  readonly workspaces: { find(frame: TaskFrame): Promise<SessionWorkspace> };
  readonly claude: Claude;
  readonly prompts: Prompts;
  readonly artifacts: ArtifactStore;
  readonly log: TaskLog;
  /** The allow-listed environment of what runs in the workspace. */
  readonly environment: (frame: TaskFrame, workspace: SessionWorkspace) => Readonly<Record<string, string>>;
  /** A file of the base commit as text, or null where it has none. */
  readonly readBaseFile: (frame: TaskFrame, path: string) => Promise<string | null>;
  /** The gates that will judge the change, as far as they are known before. */
  readonly findGates: (
    frame: TaskFrame,
    work: string,
  ) => Promise<readonly { readonly name: string; readonly command: string }[]>;
  readonly silenceMs: number;
}

const BriefText = z.object({
  title: z.string(),
  body: z.string(),
  url: z.string().nullable(),
  labels: z.array(z.string()),
  comments: z.array(z.object({ author: z.string(), body: z.string() })),
});

/** What the workflow needs of the activity that lets Claude Code work on a task. */
export function createSessionActivities(deps: SessionDependencies): Pick<HostActivities, 'runSession'> {
  return {
    async runSession(request) {
      let costUsd = 0;
      return await withHeartbeat(
        async (signal) => {
          const report = await runSession(deps, request, signal);
          costUsd = report.costUsd;
          return report;
        },
        () => ({ sessionId: request.sessionId, costUsd }),
      );
    },
  };
}

async function runSession(
  deps: SessionDependencies,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<SessionReport> {
  const { frame, kind, sessionId } = request;
  const workspace = await deps.workspaces.find(frame);
  const turn: TurnRef = { claudeDir: workspace.claude, sessionId, turnKey: turnKey(request) };
  // a retry after the host died between the session's end and our answer
  const earlier = await deps.claude.findReport(turn);
  if (earlier !== undefined) return earlier as SessionReport;
  const checkWorkspace = await guardWorkspace(workspace.work);
  const prompts = await writePrompts(deps, request, workspace);
  const rules = await deps.prompts.rules(frame.specialty.prompt);
  deps.log.append(frame.id, { source: 'task', text: `session for ${kind}, round ${request.round}` });
  const run = await deps.claude.run(
    {
      ...turn,
      treeId: frame.key,
      cwd: workspace.work,
      tmpDir: workspace.tmp,
      env: deps.environment(frame, workspace),
      prompt: (situation) => promptFor(prompts, situation, request.round),
      rules,
      model: frame.specialty.model,
      tools: kind === 'analysis' ? withoutEditing(frame.specialty.tools) : frame.specialty.tools,
      ...(kind === 'analysis' && { schema: z.toJSONSchema(Analysis, { target: 'draft-7' }) }),
      maxTurns: request.maxTurns,
      maxBudgetUsd: request.budgetUsd,
      silenceMs: deps.silenceMs,
      wallMs: request.wallMs,
      signal,
    },
    { onEvent: (event) => deps.log.append(frame.id, event) },
  );
  await checkWorkspace();
  const report = makeReport(kind, run);
  await deps.claude.settle(turn, report.outcome.kind === 'completed' ? report : null);
  return report;
}

async function writePrompts(
  deps: SessionDependencies,
  request: SessionRequest,
  workspace: SessionWorkspace,
): Promise<TurnPrompts> {
  const { frame, kind, feedback, analysis } = request;
  const brief = BriefText.parse(JSON.parse((await deps.artifacts.get(frame.brief)).toString('utf8')));
  return await deps.prompts.turn({
    kind: kind === 'analysis' ? 'analysis' : frame.kind === 'scratch' ? 'scratch' : feedback ? 'repair' : 'code',
    brief,
    claudeMd: await readClaudeMd(deps, frame),
    analysis,
    feedback,
    gates: await deps.findGates(frame, workspace.work),
  });
}

async function readClaudeMd(deps: SessionDependencies, frame: TaskFrame): Promise<string | null> {
  if (frame.kind === 'scratch') return null;
  for (const path of CLAUDE_MD) {
    const text = await deps.readBaseFile(frame, path);
    if (text !== null) return text;
  }
  return null;
}

/** A later round that finds no conversation takes over from one that was given up: for its length, say. */
function promptFor(prompts: TurnPrompts, situation: TurnSituation, round: number): string {
  if (situation === 'interrupted') return prompts.interrupted;
  return situation === 'lost' || (situation === 'fresh' && round > 1) ? prompts.lost : prompts.plain;
}

/** The same for every retry of a turn, another one for every other turn. */
function turnKey({ kind, round, feedback }: SessionRequest): string {
  return `${kind}-${round}-${createHash('sha256').update(feedback).digest('hex').slice(0, 12)}`;
}

function makeReport(kind: SessionRequest['kind'], run: ClaudeRun): SessionReport {
  const outcome = decidable(run.outcome);
  const analysis = kind === 'analysis' && outcome.kind === 'completed' ? readAnalysis(run.structured) : null;
  const isMissing = kind === 'analysis' && outcome.kind === 'completed' && analysis === null;
  return {
    outcome: isMissing ? { kind: 'bad-output' } : outcome,
    sessionId: run.sessionId,
    text: shorten(run.text.trim(), TEXT_LIMIT),
    analysis,
    costUsd: run.costUsd,
    turns: run.turns,
    durationMs: run.durationMs,
  };
}

/** The analysis cut to what Temporal's history should carry, or null when it is none. */
function readAnalysis(structured: unknown): Analysis | null {
  const parsed = Analysis.safeParse(structured);
  if (!parsed.success) return null;
  const { summary, acceptanceCriteria, plan, risks } = parsed.data;
  const cut = (items: readonly string[]): string[] =>
    items.slice(0, ITEMS_LIMIT).map((item) => shorten(item, ITEM_LIMIT));
  return {
    ...parsed.data,
    summary: shorten(summary, TEXT_LIMIT),
    acceptanceCriteria: cut(acceptanceCriteria),
    plan: cut(plan),
    risks: cut(risks),
  };
}

function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
