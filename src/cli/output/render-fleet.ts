import { dollars } from './figures.ts';
import type { Palette } from './output.ts';
import { isAlive, type SeenHost } from './render-hosts.ts';
import type { ListedTask } from './render-task-list.ts';
import { paintState } from './state-color.ts';

export interface FleetSummary {
  readonly tasks: Readonly<Record<string, number>>;
  readonly hosts: { readonly alive: number; readonly silent: number };
  readonly slots: { readonly used: number; readonly all: number };
  /** Dollars of the tasks that are listed. */
  readonly spendUsd: number;
  readonly wantsPerson: readonly { readonly id: string; readonly state: string }[];
}

const WANTS_PERSON = ['awaiting-approval', 'needs-human'];

/** The fleet in figures; silent hosts give no slots. */
export function summariseFleet(tasks: readonly ListedTask[], hosts: readonly SeenHost[], now: Date): FleetSummary {
  const alive = hosts.filter((host) => isAlive(host, now));
  const count: Record<string, number> = {};
  for (const task of tasks) count[task.state] = (count[task.state] ?? 0) + 1;
  return {
    tasks: count,
    hosts: { alive: alive.length, silent: hosts.length - alive.length },
    slots: {
      used: alive.reduce((sum, host) => sum + host.used, 0),
      all: alive.reduce((sum, host) => sum + host.slots, 0),
    },
    spendUsd: tasks.reduce((sum, task) => sum + (task.costUsd ?? 0), 0),
    wantsPerson: tasks.filter((task) => WANTS_PERSON.includes(task.state)).map(({ id, state }) => ({ id, state })),
  };
}

export function renderFleet(fleet: FleetSummary, palette: Palette): string[] {
  const states = Object.entries(fleet.tasks).map(([state, count]) => `${count} ${paintState(state, palette)}`);
  const silent = fleet.hosts.silent > 0 ? palette.yellow(`, ${fleet.hosts.silent} silent`) : '';
  return [
    `tasks   ${states.length > 0 ? states.join(', ') : 'none'}`,
    `hosts   ${fleet.hosts.alive} alive${silent}`,
    `slots   ${fleet.slots.used} of ${fleet.slots.all} in use`,
    `spend   ${dollars(fleet.spendUsd)}`,
    ...fleet.wantsPerson.map(({ id, state }) => `${palette.yellow('!')} ${id} is ${state}: taskfleet show '${id}'`),
  ];
}
