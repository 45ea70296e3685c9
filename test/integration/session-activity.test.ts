import { createHash } from 'node:crypto';
import { readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createSessionActivities, type SessionDependencies } from '../../activities/session.ts';
import { withFailures } from '../../activities/with-failures.ts';
import {
  awaitsStructuredOutput,
  give,
  inOrder,
  runBash,
  say,
  use,
  type Script,
} from '../../demo/scripted-model/script.ts';
import type { ScriptedModel } from '../../demo/scripted-model/server.ts';
import { SESSION_TOOLS } from '../../src/domain/session-tools.ts';
import { createPrompts } from '../../src/claude/prompts.ts';
import type { Brief, SessionRequest, TaskFrame } from '../../src/contract/activities.ts';
import { RepoSettings } from '../../src/contract/repo-settings.ts';
import type { SessionReport } from '../../src/contract/session-report.ts';
import { createSessionRig, type SessionRig } from '../support/session-rig.ts';
import { startScriptedApi } from '../support/scripted-api/start-scripted-api.ts';
import { promptly } from '../support/promptly.ts';

jest.setTimeout(180_000);

const brief: Brief = {
  title: 'The greeting is rude',
  body: 'It should say **hello**.',
  url: 'https://github.com/owner/name/issues/7',
  labels: ['bug'],
  comments: [],
};

const analysis = {
  summary: 'The greeting is wrong.',
  changeType: 'fix',
  acceptanceCriteria: ['It says hello.'],
  plan: ['Write the greeting.'],
  risks: [],
  complexity: 'simple',
};

let work = '';
const scripts: Script[] = [
  {
    name: 'task',
    steps: [
      { when: awaitsStructuredOutput, answer: [give(analysis)] },
      {
        when: (conversation) => conversation.userTexts.at(-1)?.includes('expected hello, got hi') === true,
        answer: (conversation) =>
          conversation.callsOfTurn.length === 0
            ? [use('Write', { file_path: join(work, 'greeting.txt'), content: 'hello\n' })]
            : [say('Repaired.')],
      },
      ...inOrder(
        () => true,
        [() => [use('Write', { file_path: join(work, 'greeting.txt'), content: 'hi\n' })], [say('Done.')]],
      ),
    ],
  },
  {
    name: 'swap',
    steps: inOrder(() => true, [() => [runBash(`mv ${work} ${work}-away && ln -s /etc ${work}`)], [say('Swapped.')]]),
  },
  { name: 'sleep', steps: [{ when: () => true, answer: [runBash('sleep 300')] }] },
];

describe('runSession', () => {
  let api: ScriptedModel;
  let rig: SessionRig;
  let lines: string[];

  beforeAll(async () => {
    api = await startScriptedApi({ scripts });
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    rig = await createSessionRig();
    work = rig.work;
    lines = [];
  });
  afterEach(() => rig.dispose());

  async function dependencies(path: string, over: Partial<SessionDependencies> = {}): Promise<SessionDependencies> {
    return {
      workspaces: {
        find: async () => ({ work: rig.work, tmp: rig.tmp, claude: rig.claudeDir, home: rig.home, portBase: 21_000 }),
      },
      claude: await rig.claude({ baseUrl: `${api.url}${path}` }),
      prompts: createPrompts(fileURLToPath(new URL('../../prompts', import.meta.url))),
      artifacts: { put: async () => '', get: async () => Buffer.from(JSON.stringify(brief)) },
      log: { append: (_task, entry) => void lines.push(entry.text), flush: async () => undefined },
      environment: () => rig.env,
      readBaseFile: async (_frame, file) => (file === 'CLAUDE.md' ? 'Say please.' : null),
      findGates: async () => [{ name: 'tests', command: 'npm test' }],
      silenceMs: 30_000,
      ...over,
    };
  }

  function request(over: Partial<SessionRequest> = {}): SessionRequest {
    const frame: TaskFrame = {
      id: 'task:github.com/owner/name#7',
      generation: 1,
      epoch: 1,
      key: 'github.com-owner-name-7',
      repo: 'github.com/owner/name',
      kind: 'forge',
      issue: 7,
      issueUrl: brief.url,
      title: brief.title,
      branch: 'claude/issue-7-20261121142000',
      base: 'main',
      baseSha: '0'.repeat(40),
      specialty: { name: 'general', model: 'sonnet', prompt: 'general', tools: SESSION_TOOLS },
      settings: RepoSettings.parse({}),
      brief: createHash('sha256').update('brief').digest('hex'),
    };
    return {
      frame,
      kind: 'code',
      sessionId: rig.request().sessionId,
      round: 1,
      feedback: '',
      analysis: null,
      budgetUsd: 5,
      maxTurns: 20,
      wallMs: 60_000,
      ...over,
    };
  }

  async function run(deps: SessionDependencies, asked: SessionRequest): Promise<SessionReport> {
    const activities = withFailures(createSessionActivities(deps));
    return await new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
      activities.runSession,
      asked,
    );
  }

  it('analyses, codes and repairs in one conversation', async () => {
    const deps = await dependencies('/task/task');

    const first = await run(deps, request({ kind: 'analysis' }));
    const second = await run(deps, request({ analysis: first.analysis }));
    const third = await run(deps, request({ round: 2, feedback: 'expected hello, got hi', analysis: first.analysis }));

    expect(first).toMatchObject({ outcome: { kind: 'completed' }, analysis });
    expect(second).toMatchObject({ outcome: { kind: 'completed' }, text: 'Done.', analysis: null });
    expect(third).toMatchObject({ outcome: { kind: 'completed' }, text: 'Repaired.' });
    expect(new Set([first, second, third].map((report) => report.sessionId)).size).toBe(1);
    expect(await readFile(join(work, 'greeting.txt'), 'utf8')).toBe('hello\n');
    const said = api.requests.at(-1)?.conversation?.userTexts ?? [];
    expect(said).toHaveLength(3);
    for (const text of said) expect(text).toContain('Say please.');
    expect(lines).toEqual(expect.arrayContaining(['session for code, round 2', 'Repaired.']));
  });

  it('offers no editing tools to an analysis', async () => {
    const deps = await dependencies('/task/task');

    await run(deps, request({ kind: 'analysis' }));

    expect(api.requests.at(-1)?.conversation?.tools).toEqual(expect.not.arrayContaining(['Edit', 'Write']));
  });

  it('answers a retry of a completed turn without running it again', async () => {
    const deps = await dependencies('/task/task');
    const report = await run(deps, request());
    await writeFile(join(work, 'greeting.txt'), 'changed since\n');
    const asked = api.requests.length;

    const again = await run(deps, request());

    expect(again).toEqual(report);
    expect(api.requests).toHaveLength(asked);
    expect(await readFile(join(work, 'greeting.txt'), 'utf8')).toBe('changed since\n');
  });

  it.each([
    ['529', { type: 'Overloaded', nonRetryable: false, nextRetryDelay: 60_000 }],
    ['401', { type: 'AuthRequired', nonRetryable: true }],
    ['400credit', { type: 'BillingBlocked', nonRetryable: true }],
    ['404', { type: 'ConfigError', nonRetryable: true }],
    ['refusal', { type: 'Refused', nonRetryable: true }],
    ['reset', { type: 'Network', nonRetryable: false }],
  ])('throws what %s means', async (fault, failure) => {
    const deps = await dependencies(`/fault/${fault}`);

    await expect(run(deps, request())).rejects.toMatchObject(failure);
  });

  it('throws what a silence means', async () => {
    const deps = await dependencies('/fault/hang', { silenceMs: 3000 });

    await expect(run(deps, request())).rejects.toMatchObject({ type: 'Stalled', nonRetryable: false });
  });

  it('refuses an analysis without the form that was asked for', async () => {
    const deps = await dependencies('/fault/bad-schema');

    const report = await run(deps, request({ kind: 'analysis' }));

    expect(report).toMatchObject({ outcome: { kind: 'bad-output' }, analysis: null });
  });

  it('reports to the workflow what the workflow decides on', async () => {
    const deps = await dependencies('/fault/loop');

    const report = await run(deps, request({ maxTurns: 2 }));

    expect(report.outcome).toEqual({ kind: 'turns-exhausted' });
    expect(report.costUsd).toBeGreaterThan(0);
  });

  it('notices that the session put another folder in the place of its workspace', async () => {
    const deps = await dependencies('/task/swap');

    await expect(run(deps, request())).rejects.toMatchObject({ type: 'WorkspaceLost' });
  });

  it('does not begin in a workspace that is a link', async () => {
    await rename(work, `${work}-real`);
    await symlink(`${work}-real`, work);
    const deps = await dependencies('/task/task');

    await expect(run(deps, request())).rejects.toMatchObject({ type: 'WorkspaceLost' });
  });

  it('ends within two seconds of its cancellation, as cancelled', async () => {
    const deps = await dependencies('/task/sleep');
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const activities = withFailures(createSessionActivities(deps));
    const running = environment.run(activities.runSession, request());
    running.catch(() => undefined);
    while (!lines.includes('sleep 300')) await new Promise((resolve) => setTimeout(resolve, 50));

    const begun = Date.now();
    environment.cancel();

    await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(Date.now() - begun).toBeLessThan(promptly(2000));
  });
});
