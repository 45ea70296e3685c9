import type { TaskInput } from '../contract/task-input.ts';
import { orderStages } from '../domain/definition.ts';
import { FailureType } from '../domain/failure-type.ts';
import { chooseSpecialty, type SpecialtyClues } from '../domain/specialty.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { ForgeIssue } from '../forge/forge.ts';
import { buildDefinitions, requireDefinition, SCRATCH_DEFINITION } from '../intake/definitions.ts';
import { findRepoSettings } from '../intake/repo-settings-for.ts';
import { buildSpecialties, requireSpecialty } from '../intake/specialties.ts';
import { titleOfPrompt } from '../intake/task-text.ts';
import { identify } from './canonical-id.ts';
import type { CliContext } from './context.ts';
import { findGithubToken } from './github-token.ts';
import { openForge } from './open-forge.ts';
import type { Estimate, Plan } from './output/render-plan.ts';

/** From one short session to a long one with repairs, at the price of a middle-sized model; the first tasks replace it. */
const ROUGH_RANGE: Estimate = { tasks: 0, medianUsd: 0.2, highUsd: 3 };

/** Failures of the look at the issue that leave the task possible: the coordinator looks again, and tries longer. */
const PASSING: readonly FailureType[] = [
  FailureType.Network,
  FailureType.RateLimited,
  FailureType.Overloaded,
  FailureType.ForgeFailed,
];

/** Works out what a task would be, reading only. Throws what makes it impossible: an unknown name, a closed issue. */
export async function planTask(context: CliContext, input: TaskInput): Promise<Plan> {
  const { settings } = context;
  const identity = identify(input, context);
  const repoSettings = findRepoSettings(settings.repositories, identity.address);
  const specialties = buildSpecialties(settings.specialties, settings.model);
  const definition = requireDefinition(
    buildDefinitions(settings.definitions),
    input.definition ?? (identity.kind === 'scratch' ? SCRATCH_DEFINITION : settings.definition),
  );
  const named = input.specialty ?? repoSettings.specialty;
  const required = named === undefined ? undefined : requireSpecialty(specialties, named);
  const [look, estimate] = await Promise.all([
    lookAtForge(context, input),
    estimateCost(context, identity.address?.key),
  ]);
  const issue = look?.issue;
  const brief = readBrief(issue, input.prompt);
  const chosen = required ?? (brief && chooseSpecialty(specialties, brief));
  const capUsd = input.budgetUsd ?? settings.limits.taskBudgetUsd;
  return {
    id: identity.id,
    repo: identity.address?.key ?? null,
    title: brief?.title ?? null,
    issueUrl: issue?.url ?? null,
    specialty: describeChoice(chosen?.name, required !== undefined),
    model: input.model ?? chosen?.model ?? settings.model,
    definition: definition.name,
    stages: orderStages(definition).map((stage) => stage.id),
    ...(identity.kind === 'scratch'
      ? { branch: null, base: null }
      : {
          branch: branchPattern(identity),
          base: input.base ?? repoSettings.base ?? look?.base ?? 'the default branch',
        }),
    gates: repoSettings.gates?.map((gate) => gate.name).join(', ') ?? 'found in the workspace',
    capUsd,
    estimate: capEstimate(estimate, capUsd),
  };
}

/** What the specialty is chosen by; undefined where the issue could not be looked at. */
function readBrief(issue: ForgeIssue | undefined, prompt: string | undefined): SpecialtyClues | undefined {
  if (issue) return { labels: issue.labels, title: issue.title, body: issue.body };
  return prompt === undefined ? undefined : { labels: [], title: titleOfPrompt(prompt), body: prompt };
}

function describeChoice(name: string | undefined, wasNamed: boolean): string {
  if (name === undefined) return 'chosen from labels and text';
  return wasNamed ? name : `${name} (by labels and text)`;
}

function capEstimate({ tasks, medianUsd, highUsd }: Estimate, capUsd: number): Estimate {
  return { tasks, medianUsd: Math.min(medianUsd, capUsd), highUsd: Math.min(highUsd, capUsd) };
}

function branchPattern(identity: { readonly issue: number | null; readonly digest: string | null }): string {
  return `claude/${identity.issue === null ? `task-${identity.digest}` : `issue-${identity.issue}`}-<time>`;
}

async function lookAtForge(
  context: CliContext,
  input: TaskInput,
): Promise<{ issue: ForgeIssue | undefined; base: string } | undefined> {
  const repo = identify(input, context).address?.forge;
  if (!repo) return undefined;
  const found = await findGithubToken(context);
  if (!found) {
    context.output.note('No GitHub token here, so the issue is not looked at now; the coordinator will.');
    return undefined;
  }
  try {
    const forge = await openForge(context, found.token);
    const [repository, issue] = await Promise.all([
      forge.readRepository(repo),
      input.issue === undefined ? undefined : forge.readIssue(repo, input.issue),
    ]);
    return { issue, base: repository.defaultBranch };
  } catch (error) {
    if (!(error instanceof TypedError) || !PASSING.includes(error.type)) throw error;
    context.output.note(`The issue could not be looked at now (${error.message}); the coordinator will.`);
    return undefined;
  }
}

async function estimateCost(context: CliContext, repo: string | undefined): Promise<Estimate> {
  try {
    const gateway = await context.gatewayIfKnown();
    const found = await gateway?.estimate(repo ?? null);
    if (!found || found.medianUsd === null || found.highUsd === null) return ROUGH_RANGE;
    return { tasks: found.tasks, medianUsd: found.medianUsd, highUsd: found.highUsd };
  } catch {
    return ROUGH_RANGE;
  }
}
