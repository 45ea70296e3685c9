import type { Brief } from '../contract/activities.ts';
import type { RepoSettings } from '../contract/repo-settings.ts';
import type { Definition } from '../contract/stage-definition.ts';
import type { TaskInput } from '../contract/task-input.ts';
import { orderStages } from '../domain/definition.ts';
import { FailureType } from '../domain/failure-type.ts';
import { branchPrefix } from '../domain/naming.ts';
import { chooseSpecialty, type Specialty } from '../domain/specialty.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { ForgeIssue } from '../forge/forge.ts';
import { buildDefinitions, requireDefinition, SCRATCH_DEFINITION } from '../intake/definitions.ts';
import { findRepoSettings } from '../intake/repo-settings-for.ts';
import { buildSpecialties, requireSpecialty } from '../intake/specialties.ts';
import type { RepoAddress } from '../intake/repo-address.ts';
import type { TaskIdentity } from '../intake/task-identity.ts';
import { briefOfIssue, briefOfPrompt } from '../intake/task-text.ts';
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
  const repo = identity.address?.key ?? null;
  const repoSettings = findRepoSettings(settings.repositories, identity.address);
  const definition = findDefinition(settings, input, identity);
  const specialties = buildSpecialties(settings.specialties, settings.model);
  const named = findNamedSpecialty(specialties, input.specialty ?? repoSettings.specialty);
  const [look, estimate] = await Promise.all([
    lookAtForge(context, input, identity.address),
    estimateCost(context, repo),
  ]);
  const brief = readBrief(look.issue, input.prompt);
  return {
    id: identity.id,
    repo,
    ...describeSubject(brief),
    ...describeSession({ named, chosen: brief && chooseSpecialty(specialties, brief) }, input.model, settings.model),
    definition: definition.name,
    stages: orderStages(definition).map((stage) => stage.id),
    ...describeBranch(identity, input.base ?? repoSettings.base ?? look.base),
    gates: describeGates(repoSettings),
    ...describeCost(estimate, input.budgetUsd ?? settings.limits.taskBudgetUsd),
  };
}

function findDefinition(settings: CliContext['settings'], input: TaskInput, { kind }: TaskIdentity): Definition {
  const fallback = kind === 'scratch' ? SCRATCH_DEFINITION : settings.definition;
  return requireDefinition(buildDefinitions(settings.definitions), input.definition ?? fallback);
}

function findNamedSpecialty(specialties: readonly Specialty[], name: string | undefined): Specialty | undefined {
  return name === undefined ? undefined : requireSpecialty(specialties, name);
}

/** Undefined where the issue could not be looked at. */
function readBrief(issue: ForgeIssue | undefined, prompt: string | undefined): Brief | undefined {
  if (issue) return briefOfIssue(issue);
  return prompt === undefined ? undefined : briefOfPrompt(prompt);
}

function describeSubject(brief: Brief | undefined): Pick<Plan, 'title' | 'issueUrl'> {
  return { title: brief?.title ?? null, issueUrl: brief?.url ?? null };
}

function describeSession(
  { named, chosen }: { readonly named: Specialty | undefined; readonly chosen: Specialty | undefined },
  wantedModel: string | undefined,
  defaultModel: string,
): Pick<Plan, 'specialty' | 'model'> {
  const specialty = named ?? chosen;
  if (!specialty) return { specialty: 'chosen from labels and text', model: wantedModel ?? defaultModel };
  return {
    specialty: named ? named.name : `${specialty.name} (by labels and text)`,
    model: wantedModel ?? specialty.model,
  };
}

/** The work of a scratch task goes to no branch that anybody sees. */
function describeBranch(identity: TaskIdentity, base: string | undefined): Pick<Plan, 'branch' | 'base'> {
  if (identity.kind === 'scratch') return { branch: null, base: null };
  return { branch: `${branchPrefix(identity)}<time>`, base: base ?? 'the default branch' };
}

function describeGates({ gates }: RepoSettings): string {
  return gates?.map((gate) => gate.name).join(', ') ?? 'found in the workspace';
}

/** No task costs more than it may. */
function describeCost({ tasks, medianUsd, highUsd }: Estimate, capUsd: number): Pick<Plan, 'capUsd' | 'estimate'> {
  return { capUsd, estimate: { tasks, medianUsd: Math.min(medianUsd, capUsd), highUsd: Math.min(highUsd, capUsd) } };
}

/** What the forge says of the task; nothing where it cannot be asked. */
interface Look {
  readonly issue?: ForgeIssue | undefined;
  readonly base?: string;
}

async function lookAtForge(context: CliContext, input: TaskInput, address: RepoAddress | null): Promise<Look> {
  if (!address?.forge) return {};
  const repo = address.forge;
  const found = await findGithubToken(context);
  if (!found) {
    context.output.note('No GitHub token here, so the issue is not looked at now; the coordinator will.');
    return {};
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
    return {};
  }
}

async function estimateCost(context: CliContext, repo: string | null): Promise<Estimate> {
  try {
    const gateway = await context.gatewayIfKnown();
    const found = await gateway?.estimate(repo);
    if (!found || found.medianUsd === null || found.highUsd === null) return ROUGH_RANGE;
    return { tasks: found.tasks, medianUsd: found.medianUsd, highUsd: found.highUsd };
  } catch {
    return ROUGH_RANGE;
  }
}
