import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { HISTORIES, readHistory } from '../support/record-history.ts';
import { workflowBundle } from '../support/workflow-fleet.ts';

const recorded = readdirSync(HISTORIES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.bin'));

describe('the workflows of today', () => {
  it('find histories to replay', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(6);
  });

  it.each(recorded)('replay %s', async (name) => {
    await expect(replay(readHistory(name))).resolves.toBeUndefined();
  });

  it('would notice a history that is not theirs', async () => {
    const history = readHistory('0.1.0/default.bin');
    const first = history.events?.find((event) => event.activityTaskScheduledEventAttributes);
    Object.assign(first?.activityTaskScheduledEventAttributes?.activityType ?? {}, { name: 'somethingElse' });

    await expect(replay(history)).rejects.toThrow(/TMPRL1100/);
  });
});

/** A run that was started as the canonical one must be replayed under that id: the workflow compares the two. */
async function replay(history: ReturnType<typeof readHistory>): Promise<void> {
  const [payload] = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const { id } = JSON.parse(Buffer.from(payload?.data ?? []).toString()) as { id?: string };
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, id);
}
