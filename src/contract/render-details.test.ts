import { describe, expect, it } from '@jest/globals';
import { renderDetails } from './render-details.ts';
import type { TaskStatus } from './task-status.ts';

const status: TaskStatus = {
  id: 'task:github.com/acme/shop#12',
  generation: 1,
  state: 'awaiting-approval',
  stage: 'plan',
  title: 'Total is wrong',
  repo: 'github.com/acme/shop',
  issue: 12,
  issueUrl: null,
  specialty: 'backend',
  model: 'sonnet',
  definition: 'approved',
  branch: 'claude/issue-12-20261121142000',
  base: 'main',
  host: null,
  stages: [
    {
      id: 'analysis',
      type: 'analysis',
      state: 'done',
      rounds: 1,
      summary: 'sum',
      figures: {},
      startedAt: null,
      endedAt: null,
    },
    {
      id: 'plan',
      type: 'approval',
      state: 'running',
      rounds: 1,
      summary: '',
      figures: {},
      startedAt: null,
      endedAt: null,
    },
  ],
  gates: [],
  pullRequest: null,
  delivery: null,
  answer: '',
  spend: { usd: 0.5, capUsd: 5, sessions: 1, turns: 3 },
  time: { sessionMs: 0, gateMs: 0, setupMs: 0 },
  waitingFor: { what: "approval of 'plan'", until: null },
  actions: ['approve', 'reject', 'cancel'],
  refusals: [],
  notes: [],
  startedAt: '2026-11-21T14:20:00.000Z',
  endedAt: null,
  reason: null,
};

describe('the details in the Web UI', () => {
  it('say what the task waits for and what a person can do', () => {
    const text = renderDetails(status);

    expect(text).toContain("Waits for approval of 'plan'. Possible now: approve, reject, cancel.");
    expect(text).toContain('| ✔ analysis | 1 | sum |');
    expect(text).toContain('$0.50 of $5.00, 1 sessions, 3 turns');
  });

  it('take no markup from a title', () => {
    const text = renderDetails({ ...status, title: '![x](http://evil/a.png) <img src=x> | a\n# b' });

    expect(text).toContain('\\!\\[x\\]\\(http://evil/a.png\\) \\<img src=x\\> \\| a \\# b');
  });

  it('link the pull request, and else name where the change was delivered', () => {
    const pullRequest = { number: 7, url: 'https://github.com/acme/shop/pull/7' };

    expect(renderDetails({ ...status, pullRequest })).toContain('[#7](https://github.com/acme/shop/pull/7)');
    expect(renderDetails({ ...status, delivery: 'claude/task-1' })).toContain('Delivered: `claude/task-1`');
  });

  it('show refusals and the reason of the end', () => {
    const text = renderDetails({ ...status, refusals: [{ at: '', message: 'no stage waits' }], reason: 'rejected' });

    expect(text).toContain('⚠ refused: no stage waits');
    expect(text).toContain('**Ended:** rejected');
  });
});
