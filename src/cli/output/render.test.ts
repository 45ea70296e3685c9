import { describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import type { TaskStatus } from '../../contract/task-status.ts';
import { describeChanges, describeEnd, renderProgress } from './progress.ts';
import { hasFailed, renderChecks } from './render-checks.ts';
import { renderFleet, summariseFleet } from './render-fleet.ts';
import type { SeenHost } from './render-hosts.ts';
import { renderHosts } from './render-hosts.ts';
import { renderLogEntry } from './render-log-entry.ts';
import { renderPlan } from './render-plan.ts';
import { renderTask } from './render-task.ts';
import { joinTasks, renderTaskList } from './render-task-list.ts';

const palette = pc.createColors(false);
const now = new Date('2026-11-21T15:00:00Z');
const place = { palette, now };

const status: TaskStatus = {
  id: 'task:github.com/o/r#12',
  generation: 2,
  state: 'testing',
  stage: 'gates',
  title: 'Crash on \u001b[31mempty\u001b[0m input',
  repo: 'github.com/o/r',
  issue: 12,
  issueUrl: 'https://github.com/o/r/issues/12',
  specialty: 'backend',
  model: 'sonnet',
  definition: 'default',
  branch: 'claude/issue-12-20261121142000',
  base: 'main',
  host: 'host-1',
  stages: [
    {
      id: 'code',
      type: 'code',
      state: 'done',
      rounds: 2,
      summary: '3 files',
      figures: {},
      startedAt: '2026-11-21T14:50:00Z',
      endedAt: '2026-11-21T14:55:05Z',
    },
    {
      id: 'gates',
      type: 'gates',
      state: 'running',
      rounds: 1,
      summary: '',
      figures: {},
      startedAt: '2026-11-21T14:59:00Z',
      endedAt: null,
    },
    {
      id: 'pull-request',
      type: 'pull-request',
      state: 'pending',
      rounds: 0,
      summary: '',
      figures: {},
      startedAt: null,
      endedAt: null,
    },
  ],
  gates: [
    {
      name: 'tests',
      command: 'npm test',
      verdict: 'red',
      exitCode: 1,
      durationMs: 4200,
      summary: '2 failed',
      log: null,
    },
  ],
  pullRequest: null,
  delivery: null,
  answer: '',
  spend: { usd: 0.42, capUsd: 5, sessions: 2, turns: 31 },
  time: { sessionMs: 300_000, gateMs: 4200, setupMs: 0 },
  waitingFor: null,
  actions: ['cancel', 'pause'],
  refusals: [],
  notes: [],
  startedAt: '2026-11-21T14:48:00Z',
  endedAt: null,
  reason: null,
};

const host: SeenHost = {
  hostId: 'host-1',
  hostname: 'h',
  pid: 1,
  version: '1',
  specialties: ['*'],
  slots: 4,
  used: 1,
  tasks: [status.id],
  freeDiskMb: 20_480,
  freeMemoryMb: 4096,
  seenAt: '2026-11-21T14:59:55Z',
};

describe('renderTask', () => {
  it('shows stages, gates, spend and what can be done, and no escape of the title', () => {
    const text = renderTask(status, place).join('\n');

    expect(text).toContain('Crash on empty input');
    expect(text).toContain('code (round 2)');
    expect(text).toContain('5m 05s');
    expect(text).toContain('$0.42 of $5.00');
    expect(text).toMatch(/tests +red +4 s +2 failed/);
    expect(text).toContain('You can: cancel, pause');
    expect(text).not.toContain('\u001b');
  });
});

describe('progress', () => {
  it('keeps the latest log line in sight', () => {
    const latest = {
      at: now.toISOString(),
      source: 'tool' as const,
      name: 'Edit',
      level: 'info' as const,
      text: 'src/a.js',
    };

    const lines = renderProgress({ status, latest, width: 100 }, place);

    expect(lines.at(-1)).toContain('src/a.js');
    expect(lines.join('\n')).toMatch(/▸ +gates +running +1m 00s/);
  });

  it('tells only what changed', () => {
    const after: TaskStatus = {
      ...status,
      state: 'pr-ready',
      stages: status.stages.map((stage) =>
        stage.id === 'gates' ? { ...stage, state: 'done', summary: 'all green' } : stage,
      ),
      pullRequest: { number: 3, url: 'https://github.com/o/r/pull/3' },
    };

    expect(describeChanges(status, status)).toEqual([]);
    expect(describeChanges(status, after)).toEqual([
      'state: pr-ready',
      'stage gates: done: all green',
      'pull request: https://github.com/o/r/pull/3',
    ]);
  });

  it('ends with where the change is, or with the answer', () => {
    expect(describeEnd({ ...status, state: 'completed', answer: 'Because of X.' }).join('\n')).toContain(
      'Because of X.',
    );
    expect(describeEnd({ ...status, state: 'failed', reason: 'gates red' })[0]).toBe('failed: gates red');
  });

  it('say how to get the files of a task that ended in a patch', () => {
    const ended = { ...status, state: 'completed' as const, pullRequest: null, delivery: 'a'.repeat(64) };

    expect(describeEnd(ended)).toContain(`taskfleet files '${status.id}' --output DIR`);
    expect(renderTask(ended, place).join('\n')).toContain(`taskfleet files '${status.id}' --output DIR`);
  });
});

describe('joinTasks', () => {
  const row = {
    id: status.id,
    execution: 'RUNNING',
    state: 'testing',
    stage: 'gates',
    repo: 'github.com/o/r',
    issue: 12,
    specialty: 'backend',
    startedAt: '2026-11-21T14:48:00Z',
    endedAt: null,
  };
  const remembered = {
    id: status.id,
    generation: 1,
    epoch: 1,
    repo: 'github.com/o/r',
    issue: 12,
    title: 'Crash',
    specialty: 'backend',
    source: 'cli',
    branch: null,
    base: null,
    pushedSha: null,
    pullRequest: { number: 3, url: 'https://github.com/o/r/pull/3' },
    state: 'completed' as const,
    reason: null,
    costUsd: 0.5,
    turns: 3,
    createdAt: '2026-11-20T14:48:00Z',
    endedAt: '2026-11-20T15:48:00Z',
  };

  it('believes Temporal about what runs, and the ledger about what ended', () => {
    expect(joinTasks([row], [remembered])[0]).toMatchObject({ state: 'testing', costUsd: 0.5, title: 'Crash' });
    expect(joinTasks([{ ...row, execution: 'COMPLETED', state: 'testing' }], [remembered])[0]).toMatchObject({
      state: 'completed',
    });
  });

  it('shows what Temporal has forgotten', () => {
    const [task] = joinTasks([], [remembered]);

    expect(task).toMatchObject({ state: 'completed', pullRequest: 'https://github.com/o/r/pull/3' });
    expect(renderTaskList([task!], place).join('\n')).toContain('24h 12m ago');
    expect(renderTaskList([], place)[0]).toContain('taskfleet run');
  });

  it('sums the fleet up without hosts that are silent', () => {
    const silent = { ...host, hostId: 'old', seenAt: '2026-11-21T14:00:00Z' };
    const waiting = { ...row, id: 'task:x', state: 'needs-human' };

    const fleet = summariseFleet(joinTasks([row, waiting], [remembered]), [host, silent], now);

    expect(fleet).toMatchObject({ hosts: { alive: 1, silent: 1 }, slots: { used: 1, all: 4 }, spendUsd: 0.5 });
    expect(renderFleet(fleet, palette).at(-1)).toContain("taskfleet show 'task:x'");
    expect(renderHosts([host, silent], now).join('\n')).toMatch(/old +silent/);
  });
});

describe('the smaller renderers', () => {
  it('says how to mend what is missing, and only a required one counts', () => {
    const missing = {
      name: 'git',
      verdict: 'missing' as const,
      required: true,
      found: 'not on PATH',
      mend: 'install git',
    };

    expect(renderChecks([missing], palette).join('\n')).toMatch(/✘ git +not on PATH\n.*→ install git/);
    expect(hasFailed([missing])).toBe(true);
    expect(hasFailed([{ ...missing, required: false }])).toBe(false);
  });

  it('says of an estimate what it is made of', () => {
    const plan = {
      id: 'task:x',
      repo: null,
      title: null,
      issueUrl: null,
      specialty: 'general',
      model: 'sonnet',
      definition: 'default',
      stages: ['code', 'gates'],
      branch: null,
      base: null,
      gates: 'found in the workspace',
      capUsd: 5,
      estimate: { tasks: 7, medianUsd: 0.4, highUsd: 1.2 },
    };

    expect(renderPlan(plan, palette).join('\n')).toContain('$0.40, 9 of 10 at most $1.20 (the last 7 here)');
    expect(renderPlan({ ...plan, estimate: { tasks: 0, medianUsd: 0.2, highUsd: 3 } }, palette).join('\n')).toContain(
      'rough range',
    );
  });

  it('shows log lines without escapes', () => {
    const entry = {
      at: now.toISOString(),
      source: 'gate' as const,
      level: 'error' as const,
      text: '\u001b[31mred\u001b[0m',
    };

    expect(renderLogEntry(entry, palette)).toMatch(/gate +red$/);
  });
});
