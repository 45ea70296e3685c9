import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { classify } from './classify.ts';
import type { ClaudeOutcome } from './claude-outcome.ts';
import { digestMessage, type Recording, type StreamMessage } from './recording.ts';

const FOLDER = new URL('../../test/fixtures/claude-streams/', import.meta.url);

/** What each recorded stream means. A new recording needs a line here. */
const EXPECTED: Record<string, Partial<ClaudeOutcome>> = {
  '400credit': { kind: 'billing-blocked' },
  '400long': { kind: 'context-exhausted' },
  '401': { kind: 'auth-required' },
  '404': { kind: 'config-error' },
  '429': { kind: 'retry-later', cause: 'rate-limit' },
  '429once': { kind: 'completed' },
  '429sub': { kind: 'retry-later', cause: 'rate-limit' },
  '500': { kind: 'retry-later', cause: 'server-error' },
  '529': { kind: 'retry-later', cause: 'overloaded' },
  badflag: { kind: 'config-error', reason: "error: unknown option '--no-such-flag'" },
  bg: { kind: 'completed' },
  'bud-loop': { kind: 'budget-exhausted' },
  hang: { kind: 'crashed', exitCode: 143 },
  maxtok: { kind: 'bad-output' },
  midstream: { kind: 'retry-later', cause: 'network' },
  nospace: { kind: 'completed' },
  o429sub: { kind: 'wait-until', at: '2026-11-21T16:51:37.000Z', window: 'five_hour' },
  ok: { kind: 'completed' },
  owarn: { kind: 'completed' },
  reset: { kind: 'retry-later', cause: 'network' },
  resumebad: { kind: 'config-error' },
  reuse: { kind: 'session-in-use' },
  'sig-sleep-KILL': { kind: 'crashed', exitCode: 137 },
  'sig-sleep-TERM': { kind: 'crashed', exitCode: 143 },
  stall: { kind: 'crashed', exitCode: 143 },
  struct: { kind: 'completed' },
  structbad: { kind: 'bad-output' },
  write: { kind: 'permission-blocked', denials: ['Write'] },
};

interface Fixture {
  readonly exitCode: number;
  readonly stderr: string;
  readonly stdout: readonly StreamMessage[];
}

function load(name: string): Recording {
  const { exitCode, stderr, stdout } = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Fixture;
  return { messages: stdout, exitCode, signal: null, stderr };
}

function result(fields: Record<string, unknown>): Recording {
  const init = { type: 'system', subtype: 'init' };
  return { messages: [init, { type: 'result', ...fields }], exitCode: 1, signal: null, stderr: '' };
}

describe('classify', () => {
  it('has an expectation for every recorded stream', () => {
    const recorded = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

    expect(Object.keys(EXPECTED).sort()).toEqual(recorded.sort());
  });

  it.each(Object.entries(EXPECTED))('reads the recorded stream %s', (name, expected) => {
    expect(classify(load(name))).toMatchObject(expected);
  });

  it.each(Object.keys(EXPECTED))('decides the same on the digest of %s', (name) => {
    const recording = load(name);

    const messages = recording.messages.map(digestMessage).filter((message) => message !== undefined);

    expect(classify({ ...recording, messages })).toEqual(classify(recording));
  });

  it('takes what we did ourselves for the cause', () => {
    const recording = load('stall');

    expect(classify({ ...recording, ended: 'stalled' })).toEqual({ kind: 'stalled' });
    expect(classify({ ...recording, ended: 'wall' })).toEqual({ kind: 'time-exhausted' });
    expect(classify({ ...recording, ended: 'cancelled' })).toEqual({ kind: 'cancelled' });
  });

  it('keeps a result that was complete before the silence', () => {
    expect(classify({ ...load('ok'), ended: 'stalled' })).toEqual({ kind: 'completed' });
  });

  it('calls exit 0 without a result a crash', () => {
    const recording = { messages: [{ type: 'system', subtype: 'init' }], exitCode: 0, signal: null, stderr: '' };

    expect(classify(recording)).toMatchObject({ kind: 'crashed', exitCode: 0 });
  });

  it('does not trust prose: a closing text about limits is a completed session', () => {
    const text = "You've hit your 5-hour limit · resets 4:51pm (UTC). No conversation found. Credit balance is too low";

    expect(classify(result({ subtype: 'success', is_error: false, result: text }))).toEqual({ kind: 'completed' });
  });

  it('tells a refusal and its category', () => {
    const recording = result({
      subtype: 'success',
      is_error: true,
      terminal_reason: 'api_error',
      stop_reason: 'refusal',
    });
    const notice = { type: 'system', subtype: 'model_refusal_no_fallback', api_refusal_category: 'cyber' };

    expect(classify(recording)).toEqual({ kind: 'refused', category: null });
    expect(classify({ ...recording, messages: [notice, ...recording.messages] })).toEqual({
      kind: 'refused',
      category: 'cyber',
    });
  });

  it.each([
    ['org_verify_failed', 'retry-later'],
    ['cwd_unavailable', 'config-error'],
  ])('sorts the start-up failure %s', (reason, kind) => {
    const recording = result({ subtype: 'error_during_execution', is_error: true, startup_failure_reason: reason });

    expect(classify(recording).kind).toBe(kind);
  });

  it('starts anew where the API refuses the history itself', () => {
    const recording = result({
      subtype: 'success',
      is_error: true,
      terminal_reason: 'api_error',
      api_error_status: 400,
    });

    expect(classify(recording)).toEqual({ kind: 'session-lost' });
  });

  it('tells a lost conversation by the error that names it', () => {
    const errors = ['No conversation found with session ID: 0b8d92ff-a632-4dd3-946f-e56b8ae7ca14'];

    expect(classify(result({ subtype: 'error_during_execution', is_error: true, errors }))).toEqual({
      kind: 'session-lost',
    });
  });

  it('lets a denied call pass when other work went through', () => {
    const use = { type: 'assistant', message: { content: [{ type: 'tool_use', id: 'a', name: 'Edit' }] } };
    const done = { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 'a' }] } };
    const ended = { type: 'result', is_error: false, permission_denials: [{ tool_name: 'WebFetch' }] };
    const run = { exitCode: 0, signal: null, stderr: '' };

    expect(classify({ ...run, messages: [use, done, ended] })).toEqual({ kind: 'completed' });
    expect(classify({ ...run, messages: [ended] })).toEqual({ kind: 'permission-blocked', denials: ['WebFetch'] });
  });
});
