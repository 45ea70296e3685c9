import { describe, expect, it } from '@jest/globals';
import { median, mostAtOnce, type Measured } from './figures.ts';
import { judge } from './goals.ts';
import type { FleetRun } from './run-fleet.ts';

function run(over: Partial<FleetRun> = {}, [startedMs, endedMs] = [0, 1000]): FleetRun {
  const history = { events: 83, bytes: 30_000, startedMs, endedMs, steps: [] };
  return { id: 'x', ok: true, wallMs: 1000, sessionMs: 600, gateMs: 200, history, problem: '', ...over };
}

function measured(over: Partial<Measured> = {}): Measured {
  const bareRun = { ok: true, wallMs: 900, cpuMs: 800, sessionMs: 600, gateMs: 200, problem: '' };
  const bare = { wallMs: 2000, runs: [bareRun, bareRun] };
  const fleet = { wallMs: 1900, runs: [run(), run()], cpu: undefined };
  return {
    single: { bare: [bare], fleet: [{ ...fleet, runs: [run()] }], noop: [180, 150, 160] },
    batch: { bare, fleet },
    red: run(),
    processes: { coordinator: undefined, host: undefined, server: undefined },
    load: [0, 0, 0],
    ...over,
  };
}

const missed = (given: Measured): string[] => judge(given).flatMap(({ met, measured: value }) => (met ? [] : [value]));

describe('the goals', () => {
  it('are met by what keeps to them', () => {
    expect(missed(measured())).toEqual([]);
  });

  it('compare what is ours with the median of the floor', () => {
    const slow = measured();

    expect(missed({ ...slow, single: { ...slow.single, noop: [100, 120, 900] } })).toEqual(['1.67 × (200 of 120 ms)']);
  });

  it('fail by a history that grew and by tasks that did not end well, whatever the time', () => {
    const grown = run({ history: { ...run().history, events: 161 } });
    const fleet = { wallMs: 1900, runs: [grown, run({ ok: false })], cpu: undefined };

    const goals = judge(measured({ batch: { ...measured().batch, fleet } })).filter(({ met }) => !met);

    expect(goals.map(({ measured: value, timed }) => [value, timed])).toEqual([
      ['161', false],
      ['1 of 2', false],
    ]);
  });

  it('leave the script out where it did not run', () => {
    const { batch } = measured();

    const goals = judge(measured({ batch: { ...batch, bare: { wallMs: 0, runs: [] } } }));

    expect(goals.some(({ what }) => what.includes('script'))).toBe(false);
  });
});

describe('the figures', () => {
  it('know the middle of many and of few', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, 0]);
  });

  it('count what was under way at the same moment, and not what ended as the other began', () => {
    const spans = [
      [0, 10],
      [5, 20],
      [10, 30],
      [40, 50],
    ] as const;

    expect(mostAtOnce(spans.map(([from, to]) => run({}, [from, to])))).toBe(2);
  });
});
