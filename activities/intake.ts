import { Context } from '@temporalio/activity';
import type { ArtifactStore } from '../src/artifacts/artifact-store.ts';
import type { Brief, ControlActivities, Intake, PullRequestRef, TaskFrame } from '../src/contract/activities.ts';
import type { RepoSettings } from '../src/contract/repo-settings.ts';
import type { Definition } from '../src/contract/stage-definition.ts';
import { DEFAULT_PRIORITY, TaskInput } from '../src/contract/task-input.ts';
import { FailureType } from '../src/domain/failure-type.ts';
import { branchName, branchPrefix, isSafeBranch, isUsableRef, marker, workspaceKey } from '../src/domain/naming.ts';
import { chooseSpecialty, type Specialty } from '../src/domain/specialty.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import type { Forge, ForgeIssue } from '../src/forge/forge.ts';
import { requireDefinition, SCRATCH_DEFINITION } from '../src/intake/definitions.ts';
import { gitHeaders } from '../src/intake/forge-credentials.ts';
import type { RepoAddress } from '../src/intake/repo-address.ts';
import { findRepoSettings } from '../src/intake/repo-settings-for.ts';
import { requireSpecialty } from '../src/intake/specialties.ts';
import { identifyTask, type TaskIdentity } from '../src/intake/task-identity.ts';
import { briefOfIssue, briefOfPrompt, shortenTitle } from '../src/intake/task-text.ts';
import type { Ledger, LedgerTask, NewRun } from '../src/ledger/ledger.ts';
import { allOrFirstFailure } from './all-or-first-failure.ts';
import { requireWritable } from './require-writable.ts';
import { withHeartbeat } from './with-heartbeat.ts';

/** What intake needs of the control side's mirrors. */
export interface IntakeMirrors {
  fetch(request: {
    readonly key: string;
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** False where the forge says which branch is the default one. */
    readonly followsHead?: boolean;
    readonly signal?: AbortSignal;
  }): Promise<string>;
  /** The repository of tasks that have none. */
  scratch(signal?: AbortSignal): Promise<{ readonly sha: string }>;
}

export interface IntakeDeps {
  /** Null where no forge is configured: then only folders, other git URLs and scratch tasks work. */
  readonly forge: Forge | null;
  readonly place: {
    readonly webUrl: string;
    readonly gitUrl?: string | undefined;
    readonly token?: string | undefined;
  };
  readonly ledger: Ledger;
  readonly artifacts: ArtifactStore;
  readonly mirrors: IntakeMirrors;
  /** In the folder of a mirror: the branch to start from, the repository's default where none is given, and its commit. */
  readonly resolveBase: (mirror: string, base?: string) => Promise<{ readonly base: string; readonly sha: string }>;
  readonly specialties: readonly Specialty[];
  readonly definitions: readonly Definition[];
  readonly settings: {
    /** Definition of tasks that name none. */
    readonly definition: string;
    readonly repositories: Readonly<Record<string, RepoSettings>>;
    readonly taskBudgetUsd: number;
    readonly sessionMaxTurns: number;
    readonly sessionMinutes: number;
  };
  readonly now?: () => Date;
}

/** The branch of the repository that scratch tasks share. */
const SCRATCH_BASE = 'main';

interface Source {
  readonly brief: Brief;
  readonly issue: ForgeIssue | null;
}

export function createIntakeActivities(deps: IntakeDeps): Pick<ControlActivities, 'takeIn'> {
  return {
    takeIn: (request) => withHeartbeat((signal) => takeIn(deps, request.input, signal)),
  };
}

interface Plan {
  readonly input: TaskInput;
  readonly identity: TaskIdentity;
  readonly settings: RepoSettings;
  readonly definition: Definition;
  readonly budgetUsd: number;
  readonly specialty: Specialty | undefined;
  readonly base: string | undefined;
}

interface Found {
  readonly source: Source;
  readonly base: { readonly base: string; readonly sha: string };
  readonly adopted: Adopted | undefined;
}

interface Adopted {
  readonly branch: string;
  readonly pullRequest: PullRequestRef;
}

/** Everything that can be wrong with a task is found here, before a slot or a cent is spent. */
async function takeIn(deps: IntakeDeps, rawInput: unknown, signal: AbortSignal): Promise<Intake> {
  const plan = makePlan(deps, parseInput(rawInput));
  const { input, identity } = plan;
  const earlier = await deps.ledger.find(identity.id);
  const [source, base, adopted] = await allOrFirstFailure([
    readSource(deps, input, identity, signal),
    freshen(deps, identity.address, earlier?.base ?? plan.base, signal),
    adoptBranch(deps, identity, earlier),
  ]);
  const found: Found = { source, base, adopted };
  const specialty = plan.specialty ?? chooseSpecialty(deps.specialties, source.brief);
  const task = await register(deps, { plan, found, specialty });
  const brief = await deps.artifacts.put(Buffer.from(JSON.stringify(source.brief)));
  return {
    frame: makeFrame({ plan, found, specialty, task, brief }),
    definition: plan.definition,
    budgetUsd: plan.budgetUsd,
    session: { maxTurns: deps.settings.sessionMaxTurns, wallMs: deps.settings.sessionMinutes * 60_000 },
    priority: input.priority ?? DEFAULT_PRIORITY,
    pullRequest: task.pullRequest ?? adopted?.pullRequest ?? null,
  };
}

/** What the input and the settings say, before anything is asked of anybody. */
function makePlan(deps: IntakeDeps, input: TaskInput): Plan {
  const identity = identifyTask(input, deps.place);
  checkIdentity(input, identity);
  const settings = findRepoSettings(deps.settings.repositories, identity.address);
  const named = input.specialty ?? settings.specialty;
  return {
    input,
    identity,
    settings,
    definition: chooseDefinition(deps, input, identity),
    budgetUsd: chooseBudget(input, deps.settings.taskBudgetUsd),
    specialty: named === undefined ? undefined : requireSpecialty(deps.specialties, named),
    base: chooseBase(input, settings),
  };
}

/** Only after all was found sound: what is refused leaves no trace that somebody would have to close. */
async function register(
  deps: IntakeDeps,
  { plan, found, specialty }: { readonly plan: Plan; readonly found: Found; readonly specialty: Specialty },
): Promise<LedgerTask> {
  const { identity } = plan;
  const begun = await deps.ledger.beginRun(describeRun(plan));
  const now = deps.now?.() ?? new Date();
  return deps.ledger.fixBranch(identity.id, begun.epoch, {
    branch: begun.branch ?? found.adopted?.branch ?? branchName(identity, now.toISOString()),
    base: found.base.base,
    title: shortenTitle(found.source.brief.title),
    specialty: specialty.name,
  });
}

function describeRun({ input, identity }: Plan): NewRun {
  return {
    id: identity.id,
    runId: Context.current().info.workflowExecution?.runId ?? identity.id,
    generation: input.generation ?? 1,
    repo: identity.address?.key ?? null,
    issue: identity.issue,
    source: input.source ?? 'temporal',
  };
}

function makeFrame(parts: {
  readonly plan: Plan;
  readonly found: Found;
  readonly specialty: Specialty;
  readonly task: LedgerTask;
  readonly brief: string;
}): TaskFrame {
  const { plan, found, specialty, task } = parts;
  const { input, identity } = plan;
  const { name, model, prompt, tools } = specialty;
  return {
    id: identity.id,
    generation: task.generation,
    epoch: task.epoch,
    key: workspaceKey(identity.id),
    repo: identity.address?.key ?? null,
    kind: identity.kind,
    issue: identity.issue,
    issueUrl: found.source.issue?.url ?? null,
    title: shortenTitle(task.title || found.source.brief.title),
    branch: task.branch ?? '',
    base: task.base ?? found.base.base,
    baseSha: found.base.sha,
    specialty: { name, model: input.model ?? model, prompt, tools },
    settings: plan.settings,
    brief: parts.brief,
  };
}

function parseInput(rawInput: unknown): TaskInput {
  const parsed = TaskInput.safeParse(rawInput);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': '));
  throw new TypedError(FailureType.BadInput, `The task cannot be understood: ${problems.join('; ')}.`);
}

function checkIdentity(input: TaskInput, identity: TaskIdentity): void {
  if (input.id === undefined || input.id === identity.id) return;
  throw new TypedError(FailureType.BadInput, `The input means the task ${identity.id}, not ${input.id}.`, {
    hint: "Leave 'id' out: taskfleet writes it.",
  });
}

function chooseDefinition(deps: IntakeDeps, input: TaskInput, identity: TaskIdentity): Definition {
  const fallback = identity.kind === 'scratch' ? SCRATCH_DEFINITION : deps.settings.definition;
  return requireDefinition(deps.definitions, input.definition ?? fallback);
}

function chooseBudget(input: TaskInput, mostUsd: number): number {
  if (input.budgetUsd === undefined || input.budgetUsd <= mostUsd) return input.budgetUsd ?? mostUsd;
  throw new TypedError(FailureType.BadInput, `A task may spend $${mostUsd} at most, not $${input.budgetUsd}.`, {
    hint: 'Ask for less, or raise limits.taskBudgetUsd.',
  });
}

function chooseBase(input: TaskInput, settings: RepoSettings): string | undefined {
  const base = input.base ?? settings.base;
  if (base === undefined || isUsableRef(base)) return base;
  throw new TypedError(
    FailureType.BadInput,
    `'${base.replace(/[^\x20-\x7e]/g, '?')}' is no usable name of a base branch.`,
  );
}

async function readSource(
  deps: IntakeDeps,
  input: TaskInput,
  identity: TaskIdentity,
  signal: AbortSignal,
): Promise<Source> {
  if (identity.issue === null || !identity.address?.forge)
    return { brief: briefOfPrompt(input.prompt ?? ''), issue: null };
  const issue = await requireForge(deps).readIssue(identity.address.forge, identity.issue, signal);
  return { brief: briefOfIssue(issue), issue };
}

async function freshen(
  deps: IntakeDeps,
  address: RepoAddress | null,
  base: string | undefined,
  signal: AbortSignal,
): Promise<{ base: string; sha: string }> {
  if (!address) return { base: SCRATCH_BASE, sha: (await deps.mirrors.scratch(signal)).sha };
  const headers = gitHeaders(address.cloneUrl, deps.place);
  // a missing repository is told apart from a refused token by the forge, git says the same to both
  const [repository, mirror] = await allOrFirstFailure([
    address.forge && deps.forge ? deps.forge.readRepository(address.forge, signal) : undefined,
    deps.mirrors.fetch({
      key: address.key,
      url: address.cloneUrl,
      headers,
      followsHead: !(address.forge && deps.forge),
      signal,
    }),
  ]);
  if (repository) requireWritable(repository);
  return deps.resolveBase(mirror, base ?? repository?.defaultBranch);
}

/** Where the ledger knows nothing of a task that has an open pull request (a lost database), goes on with that one. */
async function adoptBranch(
  deps: IntakeDeps,
  identity: TaskIdentity,
  earlier: LedgerTask | undefined,
): Promise<Adopted | undefined> {
  if (earlier?.branch || !identity.address?.forge || !deps.forge) return undefined;
  const found = await deps.forge.findMarkedPullRequest({
    repo: identity.address.forge,
    headPrefix: branchPrefix(identity),
    marker: marker(identity.id),
  });
  if (!found || !isSafeBranch(found.head)) return undefined;
  return { branch: found.head, pullRequest: { number: found.number, url: found.url } };
}

function requireForge(deps: IntakeDeps): Forge {
  if (deps.forge) return deps.forge;
  throw new TypedError(FailureType.ConfigError, 'There is no token for the forge, so no issue can be read.', {
    hint: 'Set GITHUB_TOKEN for the coordinator.',
  });
}
