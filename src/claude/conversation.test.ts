import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { familyId, openConversation } from './conversation.ts';

const SESSION = '11111111-2222-4333-8444-555555555555';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('openConversation', () => {
  let dir = '';

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'conversation-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const open = (): ReturnType<typeof openConversation> => openConversation(dir, SESSION);

  it('takes differences of a figure that goes on over resumes', async () => {
    const first = await open();
    await first.account({ costUsd: 0.1, units: 100 });
    await first.settle('code-1', {});

    const second = await open();
    await second.account({ costUsd: 0.25, units: 250 });

    expect(second.unsettledUsd).toBeCloseTo(0.15);
  });

  it('takes the whole figure where it began anew', async () => {
    const conversation = await open();
    await conversation.account({ costUsd: 0.3, units: 300 });
    await conversation.settleCost();

    await conversation.account({ costUsd: 0.05, units: 50 });

    expect(conversation.unsettledUsd).toBeCloseTo(0.05);
  });

  it('keeps what nobody reported for the next report', async () => {
    await (await open()).account({ costUsd: 0.1, units: 100 });

    const next = await open();
    await next.account({ costUsd: 0.3, units: 300 });

    expect(next.unsettledUsd).toBeCloseTo(0.3);
  });

  it('charges a run that was killed at the price of the next one', async () => {
    const killed = await open();
    await killed.use(400);

    const next = await open();
    await next.use(100);
    await next.account({ costUsd: 0.1, units: 100 });

    expect(next.unsettledUsd).toBeCloseTo(0.5);
  });

  it('charges a run once that was asked to end, as Claude Code itself remembers what it cost', async () => {
    const first = await open();
    await first.use(50);
    await first.account({ costUsd: 0.05, units: 50 });
    const ended = await open();
    await ended.use(400);

    const next = await open();
    await next.use(100);
    await next.account({ costUsd: 0.56, units: 560 });

    expect(next.unsettledUsd).toBeCloseTo(0.56);
  });

  it('remembers a completed turn and its report', async () => {
    const conversation = await open();
    await conversation.begin('code-1');

    await conversation.settle('code-1', { text: 'done' });

    const later = await open();
    expect(later.report('code-1')).toEqual({ text: 'done' });
    expect(later.report('code-2')).toBeUndefined();
    expect(later.openTurn).toBeNull();
  });

  it('goes on under another id after it was abandoned', async () => {
    const conversation = await open();

    await conversation.abandon();

    expect((await open()).id).toBe(familyId(SESSION, 1));
  });

  it('knows a transcript only where there is something in it', async () => {
    const conversation = await open();
    expect(await conversation.hasTranscript()).toBe(false);
    await mkdir(join(dir, 'projects', '-workspace'), { recursive: true });
    const transcript = join(dir, 'projects', '-workspace', `${SESSION}.jsonl`);

    await writeFile(transcript, '');
    const isThereWhenEmpty = await conversation.hasTranscript();
    await writeFile(transcript, '{}\n');

    expect(isThereWhenEmpty).toBe(false);
    expect(await conversation.hasTranscript()).toBe(true);
  });

  it('starts with empty notes where the file is damaged', async () => {
    await mkdir(join(dir, 'taskfleet'));
    const file = join(dir, 'taskfleet', `${SESSION}.json`);
    await writeFile(file, '{"family": -3');

    const conversation = await open();
    await conversation.begin('code-1');

    expect(conversation.id).toBe(SESSION);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ family: 0, openTurn: 'code-1' });
  });
});

describe('familyId', () => {
  it('gives ids that are valid, different and always the same', () => {
    const ids = [0, 1, 2, 3].map((family) => familyId(SESSION, family));

    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(4);
    expect(familyId(SESSION, 2)).toBe(ids[2]);
  });
});
