import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { LogEntry } from '../contract/log-entry.ts';
import { createRemoteTaskLog } from './remote-task-log.ts';
import { promptly } from '../../test/support/promptly.ts';

/** A receiver that can be away, and remembers what it got. */
function createReceiver() {
  const batches: { taskId: string; texts: string[] }[] = [];
  const receiver = {
    batches,
    away: false,
    attempts: 0,
    texts: () => batches.flatMap((batch) => batch.texts),
    async send(taskId: string, entries: readonly LogEntry[]) {
      receiver.attempts += 1;
      if (receiver.away) throw new Error('away');
      batches.push({ taskId, texts: entries.map((entry) => entry.text) });
    },
  };
  return receiver;
}

describe('the log of a host', () => {
  it('sends what came within 200 ms as one batch per task', async () => {
    const receiver = createReceiver();
    const log = createRemoteTaskLog(receiver);
    for (const text of ['1', '2', '3']) log.append('a', { source: 'task', text });
    log.append('b', { source: 'task', text: '4' });
    expect(receiver.batches).toEqual([]);

    await sleep(350);

    expect(receiver.batches).toEqual([
      { taskId: 'a', texts: ['1', '2', '3'] },
      { taskId: 'b', texts: ['4'] },
    ]);
  });

  it('sends 64 KB at once, without waiting', async () => {
    const receiver = createReceiver();
    const log = createRemoteTaskLog(receiver);

    for (let n = 0; n < 20; n += 1) log.append('a', { source: 'task', text: 'x'.repeat(4000) });
    await sleep(20);

    expect(receiver.texts().length).toBeGreaterThanOrEqual(15);
    await log.flush();
    expect(receiver.texts()).toHaveLength(20);
  });

  it('keeps the newest lines while the gateway is away, tells what it dropped, and keeps the order', async () => {
    const receiver = createReceiver();
    receiver.away = true;
    const log = createRemoteTaskLog({ ...receiver, maxBytes: 20_000, flushMs: 100 });
    for (let n = 0; n < 1000; n += 1) log.append('a', { source: 'task', text: `line ${n}` });
    await log.flush();
    expect(receiver.texts()).toEqual([]);

    receiver.away = false;
    await log.flush();
    for (let waited = 0; waited < 40 && receiver.texts().at(-1) !== 'line 999'; waited += 1) await sleep(100);

    const [told, ...kept] = receiver.texts();
    const dropped = Number(/^(\d+) lines were dropped/.exec(told ?? '')?.[1]);
    expect(dropped).toBeGreaterThan(500);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => `line ${1000 - kept.length + index}`));
    expect(dropped + kept.length).toBe(1000);
  });

  it('gives up a flush after its time, and waits longer after each failure', async () => {
    const receiver = createReceiver();
    receiver.away = true;
    const log = createRemoteTaskLog({ ...receiver, flushMs: 300 });
    log.append('a', { source: 'task', text: '1' });
    const begun = Date.now();

    await log.flush();

    expect(Date.now() - begun).toBeLessThan(promptly(800));
    await sleep(1000);
    expect(receiver.attempts).toBeLessThan(5);
  });

  it('never throws, whatever it is given', () => {
    const log = createRemoteTaskLog(createReceiver());

    expect(() => log.append('', { source: 'tool', name: 'n'.repeat(1000), text: '\ud800'.repeat(9000) })).not.toThrow();
  });
});
