import { Context } from '@temporalio/activity';
import type {
  Change,
  ControlActivities,
  HostActivities,
  Intake,
  SessionRequest,
  TaskFrame,
} from '../../src/contract/activities.ts';
import type { GateResult } from '../../src/contract/gate-result.ts';
import { hostQueue } from '../../src/contract/names.ts';
import type { SessionReport } from '../../src/contract/session-report.ts';
import { RepoSettings } from '../../src/contract/repo-settings.ts';
import { Definition } from '../../src/contract/stage-definition.ts';

export const TASK_ID = 'task:github.com/acme/shop#12';

/** The stages of the built-in definition, without its timings: workflow tests bring their own where those matter. */
export const DEFAULT_STAGES = [
  { id: 'analysis', type: 'analysis' },
  { id: 'code', type: 'code', dependsOn: ['analysis'] },
  {
    id: 'gates',
    type: 'gates',
    dependsOn: ['code'],
    success: [{ figure: 'blockingGates', is: 'equal', value: 0 }],
    redo: { stage: 'code', rounds: 2 },
  },
  { id: 'pull-request', type: 'pull-request', dependsOn: ['gates'] },
];

export function frameOf(id = TASK_ID, more: Partial<TaskFrame> = {}): TaskFrame {
  return {
    id,
    generation: 1,
    epoch: 1,
    key: 'github.com-acme-shop-12',
    repo: 'github.com/acme/shop',
    kind: 'forge',
    issue: 12,
    issueUrl: 'https://github.com/acme/shop/issues/12',
    title: 'The total is wrong',
    branch: 'claude/issue-12-20261121142000',
    base: 'main',
    baseSha: 'a'.repeat(40),
    specialty: { name: 'backend', model: 'sonnet', prompt: 'backend', tools: ['Read'] },
    settings: RepoSettings.parse({}),
    brief: 'b'.repeat(64),
    ...more,
  };
}

export function changeOf(more: Partial<Change> = {}): Change {
  return {
    bundle: 'c'.repeat(64),
    headSha: 'd'.repeat(40),
    treeSha: 'e'.repeat(40),
    files: 2,
    insertions: 10,
    deletions: 1,
    paths: ['src/total.ts', 'src/total.test.ts'],
    losses: [],
    ...more,
  };
}

export function sessionReport(request: SessionRequest, more: Partial<SessionReport> = {}): SessionReport {
  return {
    outcome: { kind: 'completed' },
    sessionId: request.sessionId,
    text: 'Fixed the total.',
    analysis:
      request.kind === 'analysis'
        ? {
            summary: 'Sum the right column',
            changeType: 'fix',
            acceptanceCriteria: ['totals add up'],
            plan: ['write a test', 'fix it'],
            risks: [],
            complexity: 'simple',
          }
        : null,
    costUsd: 0.1,
    turns: 3,
    durationMs: 1000,
    ...more,
  };
}

export function gate(name: string, verdict: GateResult['verdict'] = 'green'): GateResult {
  return {
    name,
    command: `npm run ${name}`,
    verdict,
    exitCode: verdict === 'green' ? 0 : 1,
    durationMs: 10,
    summary: verdict,
    log: null,
  };
}

export type Overrides = Partial<ControlActivities & HostActivities> & {
  readonly stages?: unknown[];
  readonly intake?: Partial<Intake>;
};

/** A fleet whose steps succeed at once unless a test says otherwise; it writes down what was called with what. */
export function fakeFleet(overrides: Overrides = {}) {
  const calls: { readonly name: string; readonly request: never }[] = [];
  const { stages = DEFAULT_STAGES, intake, ...own } = overrides;
  const usual: ControlActivities & HostActivities = {
    submitTask: () => Promise.resolve({ kind: 'attached', id: TASK_ID }),
    takeIn: ({ input }) =>
      Promise.resolve({
        frame: frameOf(input.id),
        definition: Definition.parse({ name: 'default', stages }),
        budgetUsd: 5,
        session: { maxTurns: 100, wallMs: 60_000 },
        priority: 3,
        pullRequest: null,
        ...intake,
      }),
    tellIssue: () => Promise.resolve(),
    publishChange: ({ frame, change }) =>
      Promise.resolve({ kind: 'branch', headSha: change.headSha, location: frame.branch }),
    openPullRequest: () => Promise.resolve({ number: 7, url: 'https://github.com/acme/shop/pull/7' }),
    closeTask: () => Promise.resolve(),
    openWorkspace: () => Promise.resolve({ hostId: 'one', queue: hostQueue('one'), setupMs: 5 }),
    runSession: (request) => Promise.resolve(sessionReport(request)),
    runGates: () => Promise.resolve({ gates: [gate('tests')], feedback: '', durationMs: 20 }),
    runCommand: ({ name }) => Promise.resolve({ gates: [gate(name)], feedback: '', durationMs: 20 }),
    captureChange: () => Promise.resolve(changeOf()),
    closeWorkspace: () => Promise.resolve(),
  };
  const activities = Object.fromEntries(
    Object.entries({ ...usual, ...own }).map(([name, run]) => [
      name,
      (request: never) => {
        calls.push({ name, request });
        return (run as (request: never) => Promise<unknown>)(request);
      },
    ]),
  );
  return {
    activities,
    calls,
    names: () => calls.map((call) => call.name),
    requests: <T>(name: string) => calls.filter((call) => call.name === name).map((call) => call.request as T),
  };
}

/** Ends when the activity is cancelled; the heartbeat is how it hears of that. */
export async function untilCancelled(): Promise<never> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 200);
  try {
    return await context.cancelled;
  } finally {
    clearInterval(beat);
  }
}
