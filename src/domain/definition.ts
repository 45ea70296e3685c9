import type { Criterion } from './criterion.ts';

/** What a stage can be. Validation, review, merge and deployment join when their stages exist (see CHANGELOG). */
export const StageType = {
  Analysis: 'analysis',
  Approval: 'approval',
  Code: 'code',
  Gates: 'gates',
  Command: 'command',
  PullRequest: 'pull-request',
} as const;
export type StageType = (typeof StageType)[keyof typeof StageType];

export interface RetryRule {
  readonly maximumAttempts: number;
  /** Temporal duration strings, such as `5s`. */
  readonly initialInterval: string;
  readonly maximumInterval: string;
  readonly backoffCoefficient: number;
}

export interface ResourceNeeds {
  /** Free disk on the host, checked when the workspace is opened. */
  readonly diskMb: number;
  /** Free memory on the host, checked when the workspace is opened. */
  readonly memoryMb: number;
}

export interface Stage {
  readonly id: string;
  readonly type: StageType;
  readonly dependsOn: readonly string[];
  /** Whether the task fails with it; dependents of an optional stage that failed are skipped. */
  readonly required: boolean;
  /** How long one run of the stage may take, all retries included. */
  readonly timeout: string;
  readonly retry: RetryRule;
  readonly needs: ResourceNeeds;
  /** All must hold on the stage's figures. */
  readonly success: readonly Criterion[];
  /** Any one fails the stage at once: no other round is tried. */
  readonly failure: readonly Criterion[];
  /** Where to go back to, with the stage's findings, when success is not met, and how often. */
  readonly redo?: { readonly stage: string; readonly rounds: number } | undefined;
  /** The shell command of a `command` stage. */
  readonly command?: string | undefined;
}

/** The ordered stages that a kind of task goes through, as validated data. */
export interface Definition {
  readonly name: string;
  readonly stages: readonly Stage[];
}

/** Every structural mistake of a definition, in words that name the stage; none for a sound one. */
export function findDefinitionProblems(definition: Definition): string[] {
  const ids = definition.stages.map((stage) => stage.id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  const problems = [
    ...twice.map((id) => `stage '${id}' is there twice`),
    ...definition.stages.flatMap((stage) => findStageProblems(stage, ids)),
  ];
  if (problems.length > 0) return problems;
  const loop = findLoop(definition.stages);
  if (loop) return [`the stages depend on each other in a loop: ${loop.join(' → ')}`];
  return findRedoProblems(definition);
}

function findStageProblems(stage: Stage, ids: readonly string[]): string[] {
  const problems = stage.dependsOn
    .filter((other) => !ids.includes(other))
    .map((other) => `stage '${stage.id}' depends on '${other}', which does not exist`);
  if (stage.type === StageType.Command && !stage.command) problems.push(`stage '${stage.id}' has no command`);
  if (stage.redo && !ids.includes(stage.redo.stage)) {
    problems.push(`stage '${stage.id}' goes back to '${stage.redo.stage}', which does not exist`);
  }
  return problems;
}

function findRedoProblems(definition: Definition): string[] {
  const order = orderStages(definition).map((stage) => stage.id);
  return definition.stages.flatMap((stage) => {
    if (!stage.redo || order.indexOf(stage.redo.stage) < order.indexOf(stage.id)) return [];
    return [`stage '${stage.id}' goes back to '${stage.redo.stage}', which does not come before it`];
  });
}

/** The first loop among the dependencies as a path that ends where it began, or undefined. */
export function findLoop(stages: readonly Pick<Stage, 'id' | 'dependsOn'>[]): string[] | undefined {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const done = new Set<string>();
  const visit = (id: string, path: string[]): string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (done.has(id)) return undefined;
    for (const next of byId.get(id)?.dependsOn ?? []) {
      const loop = visit(next, [...path, id]);
      if (loop) return loop;
    }
    done.add(id);
    return undefined;
  };
  for (const stage of stages) {
    const loop = visit(stage.id, []);
    if (loop) return loop;
  }
  return undefined;
}

/** The stages in an order that respects their dependencies and, where those leave a choice, the order as written. */
export function orderStages(definition: Definition): Stage[] {
  const left = [...definition.stages];
  const placed = new Set<string>();
  const order: Stage[] = [];
  while (left.length > 0) {
    const index = left.findIndex((stage) => stage.dependsOn.every((id) => placed.has(id)));
    if (index < 0) throw new RangeError('the definition has a loop: validate it first');
    const [stage] = left.splice(index, 1);
    if (!stage) break;
    placed.add(stage.id);
    order.push(stage);
  }
  return order;
}
