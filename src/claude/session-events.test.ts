import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { LogEntry } from '../contract/log-entry.ts';
import { describeInput, describeMessage } from './session-events.ts';
import type { StreamMessage } from './recording.ts';

const FOLDER = new URL('../../test/fixtures/claude-streams/', import.meta.url);

describe('describeMessage', () => {
  it('turns every recorded message into valid log entries', () => {
    for (const file of readdirSync(FOLDER)) {
      const { stdout } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as { stdout: StreamMessage[] };

      for (const event of stdout.flatMap(describeMessage)) {
        expect(LogEntry.safeParse({ at: 'now', ...event }).error).toBeUndefined();
      }
    }
  });

  it('says what a tool does in one line', () => {
    expect(describeInput('Bash', { command: 'npm test\n  -- --watch=false' })).toBe('npm test -- --watch=false');
    expect(describeInput('Edit', { file_path: 'src/a.ts', old_string: 'x' })).toBe('src/a.ts');
  });

  it('cuts what is too long for an entry', () => {
    const message = { type: 'assistant', message: { content: [{ type: 'text', text: 'x'.repeat(10_000) }] } };

    const [event] = describeMessage(message);

    expect(event?.text).toHaveLength(4000);
  });

  it('tells failed tools, retries and limits', () => {
    const failed = { type: 'user', message: { content: [{ type: 'tool_result', is_error: true, content: 'exit 1' }] } };
    const retry = {
      type: 'system',
      subtype: 'api_retry',
      attempt: 1,
      max_retries: 4,
      retry_delay_ms: 1500,
      error_status: 529,
    };
    const limit = { type: 'rate_limit_event', rate_limit_info: { status: 'rejected', rateLimitType: 'five_hour' } };

    const texts = [failed, retry, limit].flatMap(describeMessage).map((event) => event.text);

    expect(texts).toEqual([
      'failed: exit 1',
      "the model's API fails (status 529); retry 1 of 4 in 2 s",
      "the limit 'five_hour' is reached",
    ]);
  });

  it.each([
    { type: 'from-the-future', anything: 1 },
    { type: 'system' },
    { type: 'assistant' },
    { type: 'assistant', message: { content: [null, 3, {}] } },
    { type: 'user', message: { content: 7 } },
    { type: 'user', message: { content: [{ type: 'tool_result', is_error: true, content: [null] }] } },
    { type: 'rate_limit_event', rate_limit_info: null },
    { type: 'result' },
  ])('survives %j', (message) => {
    expect(() => describeMessage(message as StreamMessage)).not.toThrow();
  });
});
