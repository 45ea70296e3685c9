import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogEntry } from '../contract/log-entry.ts';
import { openFileTaskLog, type FileTaskLog, type LogStart } from './file-task-log.ts';

const ID = 'task:github.com/owner/repo#12';

function line(text: string): LogEntry {
  return { at: '2026-01-01T00:00:00.000Z', source: 'session', level: 'info', text };
}

async function texts(log: FileTaskLog, start?: LogStart, id = ID): Promise<string[]> {
  const found: string[] = [];
  for await (const { entry } of log.read(id, start)) found.push(entry.text);
  return found;
}

describe('logs in files', () => {
  let folder: string;
  let log: FileTaskLog;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logs-'));
    log = await openFileTaskLog({ folder });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keep what was appended, in order, stamped, for the next process too', async () => {
    log.append(ID, { source: 'gate', name: 'tests', text: 'one' });
    log.append(ID, { source: 'session', level: 'error', text: 'two' });
    await log.flush();
    await log.appendBatch(ID, [line('three')]);

    const reopened = await openFileTaskLog({ folder });

    expect(await texts(reopened)).toEqual(['one', 'two', 'three']);
    for await (const { entry } of reopened.read(ID, { tail: 3 })) {
      expect(entry).toMatchObject({ at: expect.stringMatching(/Z$/), source: 'gate', name: 'tests', level: 'info' });
      break;
    }
  });

  it('give the last lines when only those are wanted, and go on from any position', async () => {
    await log.appendBatch(
      ID,
      Array.from({ length: 3000 }, (_, n) => line(`${n} ${'ä'.repeat(40)}`)),
    );
    const tail: { text: string; position: number }[] = [];
    for await (const { entry, position } of log.read(ID, { tail: 3 })) {
      tail.push({ text: entry.text.split(' ')[0] ?? '', position });
    }

    const first = tail[0]?.position ?? 0;

    expect(tail.map((one) => one.text)).toEqual(['2997', '2998', '2999']);
    expect((await texts(log, { from: first })).map((text) => text.split(' ')[0])).toEqual(['2998', '2999']);
    expect(await texts(log, { tail: 0 })).toEqual([]);
    expect(await texts(log, { tail: 5000 })).toHaveLength(3000);
    expect(await texts(log, { from: 1e12 })).toEqual([]);
  });

  it('have nothing to say of a task without any', async () => {
    expect(await texts(log)).toEqual([]);
    expect(await texts(log, { tail: 5 })).toEqual([]);
  });

  it('do not mix up tasks whose ids look the same as file names', async () => {
    await log.appendBatch('task:host/a/b-c#1', [line('first')]);
    await log.appendBatch('task:host/a-b/c#1', [line('second')]);

    expect(await texts(log, {}, 'task:host/a/b-c#1')).toEqual(['first']);
    expect(await texts(log, {}, 'task:host/a-b/c#1')).toEqual(['second']);
  });

  it('stay in their folder whatever the id', async () => {
    for (const id of ['task:../../x', '..', '/etc/passwd', 'task:..']) await log.appendBatch(id, [line(id)]);

    expect((await readdir(folder)).every((name) => name.endsWith('.ndjson'))).toBe(true);
    expect(await readdir(folder)).toHaveLength(4);
  });

  it('stay below their cap and say what was dropped', async () => {
    const capped = await openFileTaskLog({ folder, maxBytes: 20_000 });
    const entries = Array.from({ length: 1000 }, (_, n) => line(`line ${n}`));

    for (let at = 0; at < 1000; at += 10) await capped.appendBatch(ID, entries.slice(at, at + 10));

    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(23_000);
    const [told, ...kept] = await texts(capped);
    const droppedLines = Number(/first (\d+) lines/.exec(told ?? '')?.[1]);
    expect(droppedLines + kept.length).toBe(1000);
    expect(kept.at(0)).toBe(`line ${droppedLines}`);
    expect(kept.at(-1)).toBe('line 999');
    expect(await texts(capped, { tail: 1 })).toEqual(['line 999']);
  });

  it('are followed without gap or repetition while they grow and rotate', async () => {
    const capped = await openFileTaskLog({ folder, maxBytes: 50_000 });
    await capped.appendBatch(ID, [line('0')]);
    const stop = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { entry } of capped.follow(ID, { signal: stop.signal })) {
        seen.push(Number(entry.text));
        if (entry.text === '999') stop.abort();
      }
    })();

    for (let n = 1; n < 1000; n += 1) {
      capped.append(ID, line(String(n)));
      if (n % 20 === 0) await sleep(1);
    }
    await reading;

    expect(seen).toEqual(Array.from({ length: 1000 }, (_, n) => n));
    expect((await readdir(folder)).some((name) => name.endsWith('.older.ndjson'))).toBe(true);
  });

  it('are followed from before they exist, and the following ends with its signal', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { entry } of log.follow(ID, { signal: stop.signal })) seen.push(entry.text);
    })();
    await sleep(20);

    await log.appendBatch(ID, [line('first')]);
    while (seen.length === 0) await sleep(5);
    stop.abort();
    await reading;

    expect(seen).toEqual(['first']);
  });

  it('pass over a line that a crash cut short, and do not lose the next one', async () => {
    await log.appendBatch(ID, [line('whole')]);
    const [name] = await readdir(folder);
    await appendFile(join(folder, name ?? ''), Buffer.from('{"at":"2026-01-01","te\xff', 'latin1'));

    await log.appendBatch(ID, [line('next')]);

    expect(await texts(log)).toEqual(['whole', 'next']);
  });

  it('never throw when they cannot be written, and say later what is missing', async () => {
    await rm(folder, { recursive: true });
    log.append(ID, line('gone'));
    log.append(ID, line('gone as well'));
    await log.flush();
    const reopened = await openFileTaskLog({ folder });
    expect(await texts(reopened)).toEqual([]);

    log.append(ID, line('there'));
    await log.flush();

    expect(await texts(log)).toEqual(['2 lines of logs could not be written and are lost', 'there']);
  });

  it('cut a text that is too long instead of refusing it', async () => {
    log.append(ID, { source: 'tool', name: 'n'.repeat(500), text: 'x'.repeat(10_000) });
    await log.flush();

    const [text] = await texts(log);

    expect(text).toHaveLength(4096);
  });
});
