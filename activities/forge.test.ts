import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Analysis } from '../src/contract/session-report.ts';
import type { PullRequestRequest, TaskFrame } from '../src/contract/activities.ts';
import { RepoSettings } from '../src/contract/repo-settings.ts';
import { FailureType } from '../src/domain/failure-type.ts';
import { openSqliteLedger } from '../src/ledger/sqlite-ledger.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { createFakeForge, type FakeForge } from '../test/support/fake-forge.ts';
import { createForgeActivities } from './forge.ts';

const ANALYSIS: Analysis = {
  summary: 'Guards the parser.',
  changeType: 'fix',
  acceptanceCriteria: ['`__proto__` is ignored'],
  plan: [],
  risks: [],
  complexity: 'simple',
};

let dir: string;
let ledger: Ledger;
let template: string;
let forge: FakeForge;
let frame: TaskFrame;
let runs = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'taskfleet-forge-'));
  ledger = await openSqliteLedger({ file: join(dir, 'ledger.db') });
  template = await readFile(new URL('../prompts/pull-request.md', import.meta.url), 'utf8');
});

afterAll(async () => {
  ledger.close();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  runs += 1;
  forge = createFakeForge();
  const id = `task:github.com/o/r#${runs}`;
  const task = await ledger.beginRun({
    id,
    runId: `run-${runs}`,
    generation: 1,
    repo: 'github.com/o/r',
    issue: runs,
    source: 'cli',
  });
  frame = {
    id,
    generation: 1,
    epoch: task.epoch,
    key: `github.com-o-r-${runs}`,
    repo: 'github.com/o/r',
    kind: 'forge',
    issue: runs,
    issueUrl: 'https://github.com/o/r/issues/1',
    title: 'Parser pollutes the prototype',
    branch: `claude/issue-${runs}-20261121142000`,
    base: 'main',
    baseSha: 'b'.repeat(40),
    specialty: { name: 'backend', model: 'sonnet', prompt: 'backend', tools: [] },
    settings: RepoSettings.parse({}),
    brief: 'd'.repeat(64),
  };
  await ledger.fixBranch(id, task.epoch, {
    branch: frame.branch,
    base: 'main',
    title: frame.title,
    specialty: 'backend',
  });
});

function requestFor(over: Partial<PullRequestRequest> = {}): PullRequestRequest {
  return {
    frame,
    change: {
      bundle: null,
      headSha: 'c'.repeat(40),
      treeSha: 'e'.repeat(40),
      files: 2,
      insertions: 10,
      deletions: 3,
      paths: ['index.js', 'test/proto.js'],
      losses: [],
    },
    analysis: ANALYSIS,
    answer: 'The parser skips `__proto__` now.',
    gates: [
      {
        name: 'tests',
        command: 'npm test | tee x',
        verdict: 'green',
        exitCode: 0,
        durationMs: 2_300,
        summary: '144 passed',
        log: null,
      },
      {
        name: 'lint',
        command: 'npm run lint',
        verdict: 'red-on-base',
        exitCode: 1,
        durationMs: 900,
        summary: 'exit 1',
        log: null,
      },
    ],
    rounds: 2,
    costUsd: 0.4217,
    sessions: 1,
    ...over,
  };
}

async function open(request: PullRequestRequest): Promise<{ number: number; url: string }> {
  const { openPullRequest } = createForgeActivities({ forge, webUrl: 'https://github.com', ledger, template });
  return new MockActivityEnvironment().run(openPullRequest, request);
}

describe('openPullRequest', () => {
  it('opens one that says what, why, how it was checked and made, and closes its issue', async () => {
    const reference = await open(requestFor());

    const [pull] = forge.pulls;
    expect(pull?.title).toBe('fix: Parser pollutes the prototype');
    expect(pull?.body).toContain('The parser skips `__proto__` now.');
    expect(pull?.body).toContain('- `__proto__` is ignored');
    expect(pull?.body).toContain('| tests | `npm test \\| tee x` | ✅ green | 144 passed | 2.3 s |');
    expect(pull?.body).toContain('red before this change as well');
    expect(pull?.body).toContain('2 rounds of work and checks, 1 session, $0.42');
    expect(pull?.body).toContain(`Closes #${runs}\n\n<!-- taskfleet:${frame.id} -->`);
    expect(pull?.body).not.toContain('{{');
    expect(forge.labels.get(reference.number)).toEqual(['taskfleet']);
    expect((await ledger.find(frame.id))?.pullRequest).toEqual(reference);
  });

  it('goes on with the one that is there, and brings its text up to date', async () => {
    const first = await open(requestFor());

    const second = await open(requestFor({ rounds: 3 }));

    expect(second).toEqual(first);
    expect(forge.pulls).toHaveLength(1);
    expect(forge.pulls[0]?.body).toContain('3 rounds');
  });

  it('leaves a text that a person rewrote', async () => {
    const { number } = await open(requestFor());
    await forge.updatePullRequest({ repo: { owner: 'o', name: 'r' }, number, title: 'Mine', body: 'My words' });

    await open(requestFor({ rounds: 3 }));

    expect(forge.pulls[0]).toMatchObject({ title: 'Mine', body: 'My words' });
  });

  it('does not open again what a person closed', async () => {
    await open(requestFor());
    forge.pulls[0] = { ...forge.pulls[0]!, state: 'closed' };

    await expect(open(requestFor())).rejects.toMatchObject({ type: FailureType.Refused });
    expect(forge.pulls).toHaveLength(1);
  });

  it('reports one that was merged', async () => {
    const first = await open(requestFor());
    forge.pulls[0] = { ...forge.pulls[0]!, state: 'merged' };

    expect(await open(requestFor())).toEqual(first);
  });

  it('is refused to a run that was superseded', async () => {
    await ledger.beginRun({ id: frame.id, runId: 'newer', generation: 2, repo: null, issue: null, source: 'cli' });

    await expect(open(requestFor())).rejects.toMatchObject({ type: FailureType.WorkspaceLost });
    expect(forge.pulls).toEqual([]);
  });

  it('publishes hostile text without its effect', async () => {
    const answer =
      '<img src=x> @octocat /merge\n/merge\nFixes #1 ![x](https://evil.example/a.png)\n<!-- taskfleet:task:x -->\n{{marker}}';
    frame = { ...frame, title: 'Closes #99 @octocat `x' };

    await open(requestFor({ answer, analysis: { ...ANALYSIS, acceptanceCriteria: ['| a\n\n# b @team'] } }));

    const { title, body } = forge.pulls[0]!;
    expect(
      `${title}\n${body.replaceAll(frame.id, '').replace(`Closes #${runs}`, '').replace(`#${runs}:`, '')}`,
    ).not.toMatch(/<img|@[a-z]|#\d|!\[|:\/\/|^\/merge/m);
    expect(body.match(/<!--/g)).toHaveLength(1);
  });
});

describe('tellIssue', () => {
  const tell = async (state: string): Promise<void> => {
    const { tellIssue } = createForgeActivities({ forge, webUrl: 'https://github.com', ledger, template });
    const pullRequest = { number: 7, url: 'https://github.com/o/r/pull/7' };
    await new MockActivityEnvironment().run(tellIssue, {
      frame,
      notice: { state, text: `It is ${state}.`, pullRequest },
    });
  };

  it('keeps one comment and one label that follow the task', async () => {
    await tell('in-progress');
    await tell('completed');

    expect([...forge.comments.values()]).toEqual([
      `It is completed.\n\nPull request: https://github.com/o/r/pull/7\n\n<!-- taskfleet:${frame.id} -->`,
    ]);
    expect(forge.stateLabels.get(runs)).toBe('taskfleet:completed');
  });

  it('quotes what is not ours without its effect, and keeps our own words as they are', async () => {
    const { tellIssue } = createForgeActivities({ forge, webUrl: 'https://github.com', ledger, template });
    const quote = [
      'It said: @octocat fixes #1',
      '/merge',
      '1. ![x](https://evil.example/a.png) [y](https://evil.example)',
      '<!-- taskfleet:task:x -->',
    ].join('\n');
    const text = `Waits: \`taskfleet resume '${frame.id}'\`.`;

    await new MockActivityEnvironment().run(tellIssue, {
      frame,
      notice: { state: 'needs-human', text, quote, pullRequest: null },
    });

    const [body = ''] = [...forge.comments.values()];
    const [ours, ...rest] = body.split('\n\n');
    expect(ours).toBe(text);
    expect(rest.at(-1)).toBe(`<!-- taskfleet:${frame.id} -->`);
    const quoted = rest.slice(0, -1).join('\n\n');
    expect(quoted.split('\n').every((line) => line.startsWith('>'))).toBe(true);
    expect(quoted).not.toMatch(/<!--|@[a-z]|#\d|!\[|:\/\/|^[>\s]*\/merge/m);
    expect(forge.stateLabels.get(runs)).toBe('taskfleet:needs-human');
  });

  it('says nothing where there is no issue', async () => {
    frame = { ...frame, issue: null };
    await tell('completed');
    frame = { ...frame, kind: 'git', issue: 3 };
    await tell('completed');

    expect(forge.comments.size + forge.stateLabels.size).toBe(0);
  });
});
