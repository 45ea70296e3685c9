import { dollars } from './figures.ts';
import type { Palette } from './output.ts';
import { plainText } from './plain-text.ts';

/** What `run` is about to do, and what `run --dry-run` would have done. */
export interface Plan {
  readonly id: string;
  readonly repo: string | null;
  readonly title: string | null;
  readonly issueUrl: string | null;
  /** The name, or how it will be chosen. */
  readonly specialty: string;
  readonly model: string;
  readonly definition: string;
  readonly stages: readonly string[];
  /** What the branch will be called, with `<time>` for the moment of its start. */
  readonly branch: string | null;
  readonly base: string | null;
  readonly gates: string;
  readonly capUsd: number;
  readonly estimate: Estimate;
}

export interface Estimate {
  /** Of how many earlier tasks of the repository; 0 where the figures are a general range. */
  readonly tasks: number;
  readonly medianUsd: number;
  /** Nine of ten cost no more. */
  readonly highUsd: number;
}

export function renderPlan(plan: Plan, palette: Palette): string[] {
  const facts: [string, string | null][] = [
    ['task', palette.bold(plan.id)],
    ['repository', plan.repo],
    ['issue', plan.title === null ? plan.issueUrl : plainText(plan.title, 120)],
    ['specialty', plan.specialty],
    ['model', plan.model],
    ['definition', `${plan.definition}: ${plan.stages.join(' → ')}`],
    ['base', plan.base],
    ['branch', plan.branch],
    ['gates', plan.gates],
    ['estimate', describeEstimate(plan.estimate)],
    ['cap', `${dollars(plan.capUsd)} (--budget)`],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [`${palette.dim(name.padEnd(12))}${value}`]));
}

function describeEstimate({ tasks, medianUsd, highUsd }: Estimate): string {
  if (tasks === 0) return `${dollars(medianUsd)} to ${dollars(highUsd)}, a rough range: no task has ended here yet`;
  return `${dollars(medianUsd)}, 9 of 10 at most ${dollars(highUsd)} (the last ${tasks} here)`;
}
