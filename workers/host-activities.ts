import { join } from 'node:path';
import { createGateActivities } from '../activities/gates.ts';
import { createSessionActivities } from '../activities/session.ts';
import { withFailures } from '../activities/with-failures.ts';
import { createWorkspaceActivities } from '../activities/workspace.ts';
import { locateClaude } from '../src/claude/find-claude.ts';
import { createPrompts } from '../src/claude/prompts.ts';
import { createClaude } from '../src/claude/run-claude.ts';
import type { ResolvedSettings } from '../src/config/load-settings.ts';
import type { HostActivities, TaskFrame } from '../src/contract/activities.ts';
import { createBaseVerdicts } from '../src/gates/base-verdicts.ts';
import { findGates } from '../src/gates/find-gates.ts';
import { createOpenBase } from '../src/gates/open-base.ts';
import { createPrepare } from '../src/gates/prepare-workspace.ts';
import type { GatewayClient } from '../src/gateway/gateway-client.ts';
import { createGit } from '../src/git/git.ts';
import { createMirrors } from '../src/git/mirrors.ts';
import { remember } from '../src/git/remember.ts';
import { readFileAt } from '../src/git/read-file.ts';
import { freeResources } from '../src/host/free-resources.ts';
import type { SlotPool } from '../src/host/slot-pool.ts';
import { allowedEnvironment } from '../src/process/allowed-environment.ts';
import type { ProcessTrees } from '../src/process/process-trees.ts';
import { createServices } from '../src/services/services.ts';
import { createWorkspaces } from '../src/workspace/workspaces.ts';
import { packageFile } from './package-file.ts';
import { programEnvironment } from './program-environment.ts';

/** Who commits on a host; the forge shows the pull request's opener. */
const AUTHOR = { name: 'taskfleet', email: 'taskfleet@localhost' };
const MINUTE_MS = 60_000;
/** Of at most 1 MiB each. */
const MOST_BASE_FILES = 32;

export interface HostActivitiesDeps {
  readonly settings: ResolvedSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostId: string;
  /** The host's own folder. */
  readonly folder: string;
  readonly slots: SlotPool;
  readonly trees: ProcessTrees;
  readonly gateway: GatewayClient;
}

/** Builds everything that works in workspaces. Throws `ClaudeMissing` where there is no Claude Code. */
export async function createHostActivities(deps: HostActivitiesDeps): Promise<HostActivities> {
  const { settings, env, folder, slots, trees, gateway, hostId } = deps;
  const { passEnv, portBase } = settings.host;
  const { log, artifacts } = gateway;
  const git = createGit({ env: programEnvironment(env, passEnv) });
  const mirrors = createMirrors({ root: join(folder, 'mirrors'), git });
  const services = createServices({ trees, log });
  const prepare = createPrepare({ trees, log, services });

  interface Place {
    readonly home: string;
    readonly tmp: string;
    readonly portBase: number;
  }
  const environment = (frame: TaskFrame, place: Place): Record<string, string> =>
    allowedEnvironment({
      host: env,
      passEnv,
      home: place.home,
      tmp: place.tmp,
      portBase: place.portBase,
      repository: frame.settings.env,
    });
  /** With the whole environment: what of PATH lies in the task's own home is known only once it has one. */
  const equipped = <T extends Place>(frame: TaskFrame, workspace: T): T & { env: Record<string, string> } => ({
    ...workspace,
    env: environment(frame, workspace),
  });

  const workspaces = createWorkspaces({
    root: join(folder, 'workspaces'),
    git,
    mirrors,
    slots,
    artifacts,
    remoteOf: (repo) => gateway.gitRemote(repo),
    prepare: (request) => prepare({ ...request, workspace: equipped(request.frame, request.workspace) }),
    freeResources,
    env: {},
    portBase,
    author: AUTHOR,
  });
  // the same for every session on that commit
  const readBaseFile = remember(MOST_BASE_FILES, async (key) => {
    const [mirror, sha, path] = JSON.parse(key) as [string, string, string];
    return (await readFileAt(git, mirror, { sha, path })) ?? null;
  });
  const claude = createClaude({
    trees,
    executable: await locateClaude(settings.claude.executable),
    credential: { apiKey: settings.claude.apiKey, oauthToken: settings.claude.oauthToken },
    baseUrl: settings.claude.baseUrl,
  });

  return withFailures<HostActivities>({
    ...createWorkspaceActivities({
      hostId,
      workspaces,
      trees,
    }),
    ...createSessionActivities({
      workspaces,
      claude,
      prompts: createPrompts(packageFile('prompts')),
      artifacts,
      log,
      environment,
      readBaseFile: (frame, path) => readBaseFile(JSON.stringify([mirrors.path(frame.repo), frame.baseSha, path])),
      findGates: (frame, work) => Promise.resolve(findGates(work, frame.settings).gates),
      silenceMs: settings.limits.silenceMinutes * MINUTE_MS,
    }),
    ...createGateActivities({
      trees,
      artifacts,
      log,
      services,
      workspaces: { find: async (frame, signal) => equipped(frame, await workspaces.find(frame, signal)) },
      openBase: createOpenBase({ trees, log, git }),
      baseVerdicts: createBaseVerdicts({ folder: join(folder, 'base-verdicts'), trees }),
    }),
  });
}
