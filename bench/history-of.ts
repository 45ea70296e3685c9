import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

/** One activity of a task as the history tells it; milliseconds. */
export interface StepTime {
  readonly name: string;
  /** From its scheduling until a worker took it. */
  readonly queuedMs: number;
  /** From then until its result was recorded. */
  readonly ranMs: number;
  /** How much of that was Claude Code, or the gates' own commands. */
  readonly paidMs: number;
}

export interface TaskHistory {
  readonly events: number;
  readonly bytes: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly steps: readonly StepTime[];
}

type HistoryEvent = NonNullable<
  Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events']
>[number];

/** Reads size and times of one run out of its history. */
export async function historyOf(client: Client, id: string): Promise<TaskHistory> {
  const handle = client.workflow.getHandle(id);
  const [description, history] = await Promise.all([handle.describe(), handle.fetchHistory()]);
  const events = history.events ?? [];
  const first = events[0];
  const last = events.at(-1);
  return {
    events: description.historyLength,
    bytes: description.historySize ?? 0,
    startedMs: first ? timeOf(first) : 0,
    endedMs: last ? timeOf(last) : 0,
    steps: stepsOf(events),
  };
}

function stepsOf(events: readonly HistoryEvent[]): StepTime[] {
  const byId = new Map(events.map((event) => [String(event.eventId), event]));
  return events.flatMap((event): StepTime[] => {
    const done = event.activityTaskCompletedEventAttributes;
    if (!done) return [];
    const scheduled = byId.get(String(done.scheduledEventId));
    const started = byId.get(String(done.startedEventId));
    const name = scheduled?.activityTaskScheduledEventAttributes?.activityType?.name;
    if (!scheduled || !started || !name) return [];
    return [
      {
        name,
        queuedMs: timeOf(started) - timeOf(scheduled),
        ranMs: timeOf(event) - timeOf(started),
        paidMs: paidMs(name, done.result?.payloads?.[0]),
      },
    ];
  });
}

type Payload = Parameters<typeof defaultPayloadConverter.fromPayload>[0];

function paidMs(name: string, payload: Payload | undefined): number {
  if (!payload || (name !== 'runSession' && name !== 'runGates')) return 0;
  return defaultPayloadConverter.fromPayload<{ durationMs: number }>(payload).durationMs;
}

function timeOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
}
