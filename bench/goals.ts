import { median, mostAtOnce, overheadMs, type Measured } from './figures.ts';

export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
  /** Depends on the machine and on who else works on it: reported, never a failure. */
  readonly timed: boolean;
}

const MOST_OVERHEAD = 1.5;
const MOST_WALL = 1;
const MOST_EVENTS = 160;
const MOST_RED_EVENTS = 210;
const MOST_KB = 60;
const MOST_SIMPLE_S = 30;
const AT_ONCE = 20;
const LEAST_SHARE = 0.99;

/** What was promised, beside what was measured. */
export function judge(measured: Measured): Goal[] {
  const { single, batch, red } = measured;
  const ones = single.fleet.flatMap(({ runs }) => runs);
  const all = [...ones, ...batch.fleet.runs];
  const ours = median(ones.map(overheadMs));
  const floor = median(single.noop);
  const wall = batch.fleet.wallMs / batch.bare.wallMs;
  const events = Math.max(...all.map(({ history }) => history.events));
  const kilobytes = Math.max(...all.map(({ history }) => history.bytes)) / 1024;
  const done = batch.fleet.runs.filter(({ ok }) => ok).length;
  const tasks = batch.fleet.runs.length;
  const open = mostAtOnce(batch.fleet.runs);
  const wanted = Math.min(AT_ONCE, tasks);
  const timed = (what: string, goal: string, value: string, met: boolean): Goal => ({
    what,
    goal,
    measured: value,
    met,
    timed: true,
  });
  const exact = (what: string, goal: string, value: string, met: boolean): Goal => ({
    ...timed(what, goal, value, met),
    timed: false,
  });
  const compared = timed(
    `${tasks} tasks, wall time against the script`,
    `≤ ${MOST_WALL.toFixed(2)} ×`,
    `${wall.toFixed(2)} ×`,
    wall <= MOST_WALL,
  );
  return [
    timed(
      'our overhead on one task, against a no-op workflow',
      `≤ ${MOST_OVERHEAD.toFixed(1)} ×`,
      `${(ours / floor).toFixed(2)} × (${ours.toFixed(0)} of ${floor.toFixed(0)} ms)`,
      ours <= MOST_OVERHEAD * floor,
    ),
    ...(batch.bare.runs.length > 0 ? [compared] : []),
    timed(
      'a simple task, our part',
      `< ${MOST_SIMPLE_S} s`,
      `${(ours / 1000).toFixed(2)} s`,
      ours < MOST_SIMPLE_S * 1000,
    ),
    exact('history of a default task', `≤ ${MOST_EVENTS} events`, `${events}`, events <= MOST_EVENTS),
    exact('history of a default task', `≤ ${MOST_KB} KB`, `${kilobytes.toFixed(1)} KB`, kilobytes <= MOST_KB),
    exact(
      'history with one red round',
      `≤ ${MOST_RED_EVENTS} events`,
      `${red.history.events} (${(red.history.bytes / 1024).toFixed(1)} KB)`,
      red.ok && red.history.events <= MOST_RED_EVENTS,
    ),
    exact('tasks under way at once', `≥ ${wanted}`, `${open}`, open >= wanted),
    exact(
      'tasks that end with a pull request',
      `≥ ${LEAST_SHARE * 100} %`,
      `${done} of ${tasks}`,
      done >= LEAST_SHARE * tasks,
    ),
  ];
}
