import { randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { say } from '../../demo/scripted-model/script.ts';
import type { ScriptedModel } from '../../demo/scripted-model/server.ts';
import { findClaude } from '../../src/claude/find-claude.ts';
import { verifyKey } from '../../src/claude/verify-key.ts';
import { createSessionRig, type SessionRig } from '../support/session-rig.ts';
import { startScriptedApi } from '../support/scripted-api/start-scripted-api.ts';
import { promptly } from '../support/promptly.ts';

jest.setTimeout(180_000);

const schema = { type: 'object', properties: { answer: { type: 'number' } }, required: ['answer'] };

describe('a session whose model misbehaves', () => {
  let api: ScriptedModel;
  let rig: SessionRig;

  beforeAll(async () => {
    api = await startScriptedApi({
      scripts: [{ name: 'plain', matches: () => true, steps: [{ when: () => true, answer: [say('hello')] }] }],
    });
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    rig = await createSessionRig();
  });
  afterEach(() => rig.dispose());

  it.each([
    ['429', { kind: 'retry-later', cause: 'rate-limit' }],
    ['429long', { kind: 'retry-later', cause: 'rate-limit' }],
    ['429once', { kind: 'completed' }],
    ['529', { kind: 'retry-later', cause: 'overloaded' }],
    ['500', { kind: 'retry-later', cause: 'server-error' }],
    ['401', { kind: 'auth-required' }],
    ['403', { kind: 'auth-required' }],
    ['404', { kind: 'config-error' }],
    ['400credit', { kind: 'billing-blocked' }],
    ['400long', { kind: 'context-exhausted' }],
    ['413', { kind: 'context-exhausted' }],
    ['reset', { kind: 'retry-later', cause: 'network' }],
    ['midstream', { kind: 'retry-later', cause: 'network' }],
    ['sse-overloaded', { kind: 'retry-later' }],
    ['refusal', { kind: 'refused' }],
    ['maxtok', { kind: 'bad-output' }],
  ])('reads %s as it is meant', async (fault, outcome) => {
    const claude = await rig.claude({ baseUrl: `${api.url}/fault/${fault}` });

    const run = await rig.run(claude);

    expect(run.outcome).toMatchObject(outcome);
  });

  it('knows until when a subscription must wait', async () => {
    const credential = { oauthToken: 'sk-ant-oat01-test' };
    const claude = await rig.claude({ baseUrl: `${api.url}/fault/429sub`, credential });

    const { outcome } = await rig.run(claude);

    expect(outcome).toMatchObject({ kind: 'wait-until', window: 'five_hour' });
    const waitMs = Date.parse((outcome as { at: string }).at) - Date.now();
    expect(waitMs).toBeGreaterThan(7_100_000);
    expect(waitMs).toBeLessThan(7_300_000);
  });

  it('goes on near a limit, and says so in the log', async () => {
    const credential = { oauthToken: 'sk-ant-oat01-test' };
    const claude = await rig.claude({ baseUrl: `${api.url}/fault/warn`, credential });

    const run = await rig.run(claude);

    expect(run.outcome).toEqual({ kind: 'completed' });
    expect(rig.events.map((event) => event.text).join('\n')).toContain("the limit 'five_hour' is at 92 %");
  });

  it.each([
    ['turns-exhausted', { maxTurns: 2 }],
    ['budget-exhausted', { maxBudgetUsd: 0.05 }],
    ['time-exhausted', { wallMs: 2500 }],
  ])('stops a model that never ends: %s', async (kind, caps) => {
    const claude = await rig.claude({ baseUrl: `${api.url}/fault/loop` });

    const run = await rig.run(claude, { maxTurns: 10_000, maxBudgetUsd: 10_000, ...caps });

    expect(run.outcome).toEqual({ kind });
    if (kind !== 'time-exhausted') expect(run.costUsd).toBeGreaterThan(0);
  });

  it.each(['hang', 'stall'])('ends a session that says nothing any more: %s', async (fault) => {
    const claude = await rig.claude({ baseUrl: `${api.url}/fault/${fault}` });

    const run = await rig.run(claude, { silenceMs: 3000 });

    expect(run.outcome).toEqual({ kind: 'stalled' });
    expect(run.durationMs).toBeLessThan(promptly(8000));
  });

  it('gives up on an answer without the form that was asked for', async () => {
    const claude = await rig.claude({ baseUrl: `${api.url}/fault/bad-schema` });

    const run = await rig.run(claude, { schema });

    expect(run.outcome).toEqual({ kind: 'bad-output' });
  });

  it('begins a new conversation where the transcript is not one', async () => {
    const claude = await rig.claude({ baseUrl: `${api.url}/task/plain` });
    const { sessionId } = rig.request();
    await rig.run(claude);
    const [project] = await readdir(join(rig.claudeDir, 'projects'));
    await writeFile(join(rig.claudeDir, 'projects', project as string, `${sessionId}.jsonl`), 'garbage\n');

    const run = await rig.run(claude, { turnKey: 'code-2' });

    expect(run.outcome).toEqual({ kind: 'completed' });
    expect(run.sessionId).not.toBe(sessionId);
    expect(api.requests.at(-1)?.conversation?.userTexts.at(-1)).toContain('Situation: lost.');
  });

  it('begins a new conversation after the context was full', async () => {
    const full = await rig.claude({ baseUrl: `${api.url}/fault/400long` });
    await rig.run(full);

    const run = await rig.run(await rig.claude({ baseUrl: `${api.url}/task/plain` }), { turnKey: 'code-2' });

    expect(run.outcome).toEqual({ kind: 'completed' });
    expect(run.sessionId).not.toBe(rig.request().sessionId);
  });

  it('says that the binary is missing, and how to mend it', async () => {
    const claude = await rig.claude({ baseUrl: api.url, executable: '/nowhere/claude' });

    const running = rig.run(claude);

    await expect(running).rejects.toMatchObject({
      type: 'ClaudeMissing',
      hint: expect.stringContaining('npm install'),
    });
  });

  it('refuses a binary that is not Claude Code', async () => {
    await mkdir(join(rig.tmp, 'bin'));
    const executable = join(rig.tmp, 'bin', 'claude');
    await writeFile(executable, '#!/bin/sh\necho "$0: no such thing" >&2\nexit 1\n', { mode: 0o755 });
    const claude = await rig.claude({ baseUrl: api.url, executable });

    const run = await rig.run(claude);

    expect(run.outcome).toMatchObject({ kind: 'config-error' });
    const finding = findClaude({ configured: executable, trees: rig.trees, env: rig.env });
    await expect(finding).rejects.toMatchObject({ type: 'ClaudeMissing' });
  });

  it('finds the binary that comes along and its version', async () => {
    const found = await findClaude({ configured: undefined, trees: rig.trees, env: rig.env });

    expect(found.path).toMatch(/claude$/);
    expect(found.version).toMatch(/^2\.\d+\.\d+$/);
  });
});

describe('verifyKey', () => {
  let api: ScriptedModel;

  beforeAll(async () => {
    api = await startScriptedApi({ scripts: [] });
  });
  afterAll(() => api.close());

  it.each([
    ['', 'ok'],
    ['/fault/401', 'invalid'],
    ['/fault/403', 'invalid'],
    ['/fault/402', 'billing'],
    ['/fault/429', 'ok'],
    ['/fault/500', 'unreachable'],
  ])('takes the answer of %s for %s', async (path, kind) => {
    const verdict = await verifyKey({ apiKey: 'sk-ant-test', baseUrl: `${api.url}${path}` });

    expect(verdict.kind).toBe(kind);
  });

  it('sends a subscription token as what it is', async () => {
    const verdict = await verifyKey({ oauthToken: 'sk-ant-oat01-test', baseUrl: api.url });

    expect(verdict.kind).toBe('ok');
    expect(api.requests.at(-1)?.credential).toBe('bearer');
  });

  it('says that nothing is set', async () => {
    expect(await verifyKey({ baseUrl: api.url })).toMatchObject({ kind: 'invalid' });
  });

  it('tells an API that is not there', async () => {
    const verdict = await verifyKey({ apiKey: randomUUID(), baseUrl: 'http://127.0.0.1:9' });

    expect(verdict.kind).toBe('unreachable');
  });

  it('does not wait for ever', async () => {
    const hanging = await startScriptedApi({ scripts: [], faults: { hang: () => true } });
    const silent = { apiKey: 'sk-ant-test', baseUrl: `${hanging.url}/fault/hang`, timeoutMs: 300 };

    const verdict = await verifyKey(silent);

    expect(verdict.kind).toBe('unreachable');
    await hanging.close();
  });
});
