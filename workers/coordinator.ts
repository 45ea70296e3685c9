import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { createForgeActivities } from '../activities/forge.ts';
import { createIntakeActivities } from '../activities/intake.ts';
import { createPublishActivities } from '../activities/publish-change.ts';
import { createSubmissionActivities } from '../activities/submission.ts';
import { withFailures } from '../activities/with-failures.ts';
import { openFolderArtifacts } from '../src/artifacts/folder-artifacts.ts';
import type { ResolvedSettings } from '../src/config/load-settings.ts';
import { DEFAULT_PRIORITY } from '../src/contract/task-input.ts';
import type { TaskInput } from '../src/contract/task-input.ts';
import type { Forge } from '../src/forge/forge.ts';
import { startGateway } from '../src/gateway/start-gateway.ts';
import { createGit } from '../src/git/git.ts';
import { createMirrors } from '../src/git/mirrors.ts';
import { resolveBase } from '../src/git/resolve-base.ts';
import { createGithub } from '../src/github/client.ts';
import { createGithubForge } from '../src/github/github-forge.ts';
import { buildDefinitions } from '../src/intake/definitions.ts';
import { gitHeaders } from '../src/intake/forge-credentials.ts';
import { buildSpecialties } from '../src/intake/specialties.ts';
import { identifyTask } from '../src/intake/task-identity.ts';
import { openSqliteLedger } from '../src/ledger/sqlite-ledger.ts';
import { openFileTaskLog } from '../src/task-log/file-task-log.ts';
import { connectClient } from '../src/temporal/connect.ts';
import { connectWorker } from '../src/temporal/connect-worker.ts';
import { installRuntime } from '../src/temporal/install-runtime.ts';
import { ensureSearchAttributes } from '../src/temporal/search-attributes.ts';
import { createSubmitter } from '../src/temporal/submit-task.ts';
import { Closers } from './closers.ts';
import { ensureGatewayToken } from './gateway-token.ts';
import { coordinatorOptions } from './options.ts';
import { packageFile } from './package-file.ts';
import { packageVersion } from './package-version.ts';
import type { ProcessContext } from './process-context.ts';
import { programEnvironment } from './program-environment.ts';
import { createRemoteRegistry } from './remote-registry.ts';
import type { RunningRole } from './run-role.ts';
import { runWorkers } from './run-workers.ts';
import { workflowSource } from './workflow-source.ts';

/**
 * Starts the control side: workflows, the gateway, and the activities that hold the forge's token, the ledger and the
 * right to push. Throws `ConfigError` for settings that cannot work, `Network` where there is no Temporal server.
 */
export async function startCoordinator(settings: ResolvedSettings, context: ProcessContext): Promise<RunningRole> {
  const { logger } = context;
  const { temporal, dataDir } = settings;
  installRuntime(logger);
  const closers = new Closers(logger);
  // beside everything else that has to be made ready
  const bundling = workflowSource({ ...context, folder: join(dataDir, 'control') });
  bundling.catch(() => undefined);
  try {
    const connected = await connectClient(temporal);
    const { client } = connected;
    closers.add(() => connected.close());
    await ensureSearchAttributes(connected.connection, temporal.namespace);

    const ledger = await openSqliteLedger({ file: join(dataDir, 'ledger.db') });
    closers.add(() => ledger.close());
    const artifacts = await openFolderArtifacts({ root: join(dataDir, 'artifacts') });
    const logs = await openFileTaskLog({ folder: join(dataDir, 'logs') });
    closers.add(() => logs.flush());
    const git = createGit({ env: programEnvironment(context.env, settings.host.passEnv) });
    const gitRoot = join(dataDir, 'control', 'mirrors');
    const mirrors = createMirrors({ root: gitRoot, git });
    const remotes = createRemoteRegistry(join(dataDir, 'control', 'remotes'));
    const version = packageVersion();
    const gateway = await startGateway({
      listen: settings.gateway.listen,
      token: await ensureGatewayToken(settings),
      ledger,
      artifacts,
      logs,
      gitRoot,
      version,
      onError: (error, request) => logger.error({ error, request }, 'gateway request failed'),
    });
    closers.add(() => gateway.close());

    const place = { ...settings.github };
    const forge = createForge(settings, version);
    const submitter = createSubmitter({
      client,
      ledger,
      identify: (input: TaskInput) => identifyTask(input, place),
      defaults: { priority: DEFAULT_PRIORITY },
    });
    const activities = withFailures({
      ...createSubmissionActivities({ submitter, ledger }),
      ...createIntakeActivities({
        forge,
        place,
        ledger,
        artifacts,
        mirrors: {
          async fetch(request) {
            await remotes.remember(request.key, request.url);
            return await mirrors.fetch(request);
          },
          scratch: (signal) => mirrors.scratch(signal),
        },
        resolveBase: (mirror, base) => resolveBase(git, mirror, base),
        specialties: buildSpecialties(settings.specialties, settings.model),
        definitions: buildDefinitions(settings.definitions),
        settings: {
          definition: settings.definition,
          repositories: settings.repositories,
          ...settings.limits,
        },
      }),
      ...createPublishActivities({
        git,
        mirrors,
        artifacts,
        ledger,
        async remoteOf({ repo }) {
          const url = await remotes.find(repo ?? '');
          return { url, headers: gitHeaders(url, place) };
        },
      }),
      ...createForgeActivities({
        forge,
        webUrl: settings.github.webUrl,
        ledger,
        template: await readFile(packageFile('prompts/pull-request.md'), 'utf8'),
      }),
    });

    const workflows = await bundling;
    const connection = await connectWorker(temporal);
    closers.add(() => connection.close());
    const identity = `coordinator-${hostname()}-${process.pid}`;
    const workerPlace = { connection, namespace: temporal.namespace, identity };
    const worker = await Worker.create(coordinatorOptions(workerPlace, { activities, workflows }));
    const running = runWorkers([[worker]]);
    closers.add(() => running.shutdown());
    return { url: gateway.url, failed: running.failed, shutdown: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** Null without a token: folders, other git URLs and scratch tasks work all the same. */
function createForge(settings: ResolvedSettings, version: string): Forge | null {
  const { token, apiUrl } = settings.github;
  if (token === undefined) return null;
  return createGithubForge(createGithub({ token, apiUrl, userAgent: `taskfleet/${version}` }));
}
