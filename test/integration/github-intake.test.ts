import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createIntakeActivities, type IntakeDeps } from '../../activities/intake.ts';
import { startEmulatedGithub, type EmulatedGithub } from '../../demo/emulator/start-emulated-github.ts';
import { openFolderArtifacts } from '../../src/artifacts/folder-artifacts.ts';
import type { Intake } from '../../src/contract/activities.ts';
import { RepoSettings } from '../../src/contract/repo-settings.ts';
import type { TaskInput } from '../../src/contract/task-input.ts';
import { FailureType } from '../../src/domain/failure-type.ts';
import { marker } from '../../src/domain/naming.ts';
import { createGit } from '../../src/git/git.ts';
import { createMirrors } from '../../src/git/mirrors.ts';
import { resolveBase } from '../../src/git/resolve-base.ts';
import { createGithub } from '../../src/github/client.ts';
import { createGithubForge } from '../../src/github/github-forge.ts';
import { buildDefinitions } from '../../src/intake/definitions.ts';
import { buildSpecialties } from '../../src/intake/specialties.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';

const run = promisify(execFile);

let dir: string;
let work: string;
let github: EmulatedGithub;
let deps: IntakeDeps;
let runs = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'taskfleet-intake-'));
  work = join(dir, 'work');
  await run('git', ['init', '--quiet', '-b', 'trunk', work]);
  await writeFile(join(work, 'a.txt'), 'a\n');
  const git = ['-C', work, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  await run('git', [...git, 'add', '-A']);
  await run('git', [...git, 'commit', '--quiet', '-m', 'Begin']);
  await run('git', [...git, 'checkout', '--quiet', '-b', 'claude/issue-2-20260101000000']);
  await run('git', [...git, 'commit', '--quiet', '--allow-empty', '-m', 'Earlier work']);
  await run('git', [...git, 'checkout', '--quiet', 'trunk']);
  github = await startEmulatedGithub({
    dir: join(dir, 'hosting'),
    repos: [
      { owner: 'Acme', name: 'Widgets', from: work },
      { owner: 'Acme', name: 'empty' },
    ],
    users: [{ login: 'fleet' }, { login: 'visitor', rights: 'read' }],
  });
  const gitProgram = createGit({ env: { PATH: process.env['PATH'] ?? '', HOME: dir } });
  deps = {
    forge: createGithubForge(createGithub({ token: github.token, apiUrl: github.apiUrl, userAgent: 'test' })),
    place: { webUrl: github.webUrl, gitUrl: github.gitUrl, token: github.token },
    ledger: await openSqliteLedger({ file: join(dir, 'ledger.db') }),
    artifacts: await openFolderArtifacts({ root: join(dir, 'artifacts') }),
    mirrors: createMirrors({ root: join(dir, 'mirrors'), git: gitProgram }),
    resolveBase: (mirror, base) => resolveBase(gitProgram, mirror, base),
    specialties: buildSpecialties({}, 'sonnet'),
    definitions: buildDefinitions([]),
    settings: {
      definition: 'default',
      repositories: { 'acme/WIDGETS': RepoSettings.parse({ gateTimeoutSeconds: 77 }) },
      taskBudgetUsd: 5,
      sessionMaxTurns: 200,
      sessionMinutes: 120,
    },
    now: () => new Date('2026-11-21T14:20:00Z'),
  };
}, 60_000);

afterAll(async () => {
  deps?.ledger.close();
  await github?.close();
  await rm(dir, { recursive: true, force: true });
});

/** One run of the activity; each has its own run id unless it is told another. */
async function takeIn(input: TaskInput, more: { runId?: string; deps?: Partial<IntakeDeps> } = {}): Promise<Intake> {
  const environment = new MockActivityEnvironment({
    workflowExecution: { workflowId: 'w', runId: more.runId ?? `run-${++runs}` },
  });
  const activities = createIntakeActivities({ ...deps, ...more.deps });
  return environment.run(activities.takeIn, { input });
}

const repo = 'acme/widgets';
const file = (title: string, labels: string[] = []): Promise<{ number: number; url: string }> =>
  github.createIssue({ owner: 'Acme', name: 'Widgets', title, body: 'The **parser** leaks.', labels });

describe('takeIn on the emulated GitHub', () => {
  it('makes a frame of an issue, the same for the next run of the task', async () => {
    const { number, url } = await file('Parser leaks\u202e', ['area: api']);

    const first = await takeIn({ repo, issue: number });
    const second = await takeIn({ repo, issue: number }, { deps: { now: () => new Date('2027-01-01T00:00:00Z') } });

    const host = new URL(github.webUrl).host.replace(':', '-');
    expect(first.frame).toMatchObject({
      id: `task:${host}/acme/widgets#${number}`,
      repo: `${host}/acme/widgets`,
      kind: 'forge',
      issueUrl: url,
      title: 'Parser leaks',
      branch: `claude/issue-${number}-20261121142000`,
      base: 'trunk',
      baseSha: expect.stringMatching(/^[0-9a-f]{40}$/),
      specialty: { name: 'backend', model: 'sonnet' },
      settings: { gateTimeoutSeconds: 77 },
    });
    expect(first).toMatchObject({
      budgetUsd: 5,
      priority: 3,
      session: { maxTurns: 200, wallMs: 7_200_000 },
      pullRequest: null,
    });
    expect(second.frame.branch).toBe(first.frame.branch);
    expect(second.frame.epoch).toBeGreaterThan(first.frame.epoch);
    expect(Buffer.byteLength(JSON.stringify(first.frame))).toBeLessThan(4_096);
    const brief: unknown = JSON.parse((await deps.artifacts.get(first.frame.brief)).toString());
    expect(brief).toMatchObject({ title: 'Parser leaks', body: 'The **parser** leaks.', labels: ['area: api'], url });
  });

  it('goes on with the pull request of a task that the ledger forgot', async () => {
    const { number } = await file('Second');
    expect(number).toBe(2);
    const id = `task:${new URL(github.webUrl).host.replace(':', '-')}/acme/widgets#2`;
    const head = 'claude/issue-2-20260101000000';
    const opened = await deps.forge?.openPullRequest({
      ...{ repo: { owner: 'Acme', name: 'Widgets' }, head, base: 'trunk', title: 't', body: marker(id) },
    });

    const intake = await takeIn({ repo, issue: 2 });

    expect(intake.frame.branch).toBe(head);
    expect(intake.pullRequest).toEqual({ number: opened?.number, url: opened?.url });
    await expect(takeIn({ repo, issue: opened?.number ?? 0 })).rejects.toMatchObject({
      type: FailureType.IssueIsPullRequest,
    });
  });

  it('answers a hostile title with a harmless branch', async () => {
    const { number } = await file('$(touch /tmp/x); `id` --upload-pack=x ../../etc\u0007');

    const { frame } = await takeIn({ repo, issue: number });

    expect(frame.branch).toBe(`claude/issue-${number}-20261121142000`);
    expect(frame.title).not.toContain('\u0007');
  });

  it('makes a frame of a prompt, with and without a repository', async () => {
    const onRepo = await takeIn({
      repo: work,
      prompt: 'Add a test\nfor a',
      specialty: 'pytest',
      model: 'opus',
      budgetUsd: 1,
    });
    const scratch = await takeIn({ prompt: 'What is 2 + 2?' });

    expect(onRepo.frame).toMatchObject({ kind: 'git', issue: null, title: 'Add a test', base: 'trunk' });
    expect(onRepo.frame.specialty).toMatchObject({ name: 'testing', model: 'opus' });
    expect(onRepo.frame.branch).toMatch(/^claude\/task-[0-9a-f]{16}-20261121142000$/);
    expect(onRepo.budgetUsd).toBe(1);
    expect(scratch.frame).toMatchObject({
      kind: 'scratch',
      repo: null,
      baseSha: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(scratch.definition.name).toBe('scratch');
  });

  it.each([
    ['a repository that does not exist', { repo: 'acme/nothing', issue: 1 }, FailureType.RepositoryNotFound],
    ['a missing issue', { repo, issue: 9_999 }, FailureType.IssueNotFound],
    ['an empty repository', { repo: 'acme/empty', prompt: 'Begin' }, FailureType.RepositoryEmpty],
    ['a missing base', { repo, prompt: 'x', base: 'trnk' }, FailureType.BaseNotFound],
    ['a hostile base', { repo, prompt: 'x', base: '--upload-pack=x' }, FailureType.BadInput],
    ['a hostile repository', { repo: 'ext::sh -c id', prompt: 'x' }, FailureType.BadInput],
    ['an unknown definition', { repo, prompt: 'x', definition: 'defualt' }, FailureType.BadInput],
    ['an unknown specialty', { repo, prompt: 'x', specialty: 'bakcend' }, FailureType.BadInput],
    ['a budget above the cap', { repo, prompt: 'x', budgetUsd: 6 }, FailureType.BadInput],
    ['an id of another task', { repo, prompt: 'x', id: 'task:github.com/o/r#1' }, FailureType.BadInput],
    ['neither issue nor prompt', { repo }, FailureType.BadInput],
    ['an unknown field', { repo, prompt: 'x', promt: 'y' } as TaskInput, FailureType.BadInput],
  ])('refuses %s', async (_name, input, type) => {
    await expect(takeIn(input)).rejects.toMatchObject({ type });
    const tasks = await deps.ledger.list({ limit: 100 });
    expect(tasks.filter((task) => task.branch === null)).toEqual([]);
  });

  it('refuses a closed issue and a token without rights', async () => {
    const closed = await file('Closed');
    await fetch(`${github.apiUrl}/repos/Acme/Widgets/issues/${closed.number}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${github.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ state: 'closed' }),
    });
    const token = github.users[1]?.token ?? '';
    const reader = createGithubForge(createGithub({ token, apiUrl: github.apiUrl, userAgent: 'test' }));
    const open = await file('Open');

    await expect(takeIn({ repo, issue: closed.number })).rejects.toMatchObject({ type: FailureType.IssueClosed });
    await expect(
      takeIn({ repo, issue: open.number }, { deps: { forge: reader, place: { ...deps.place, token } } }),
    ).rejects.toMatchObject({ type: FailureType.AccessDenied, message: expect.stringContaining('may not push') });
    await expect(takeIn({ repo, issue: open.number }, { deps: { forge: null } })).rejects.toMatchObject({
      type: FailureType.ConfigError,
    });
  });
});
