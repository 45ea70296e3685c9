import { join } from 'node:path';
import type { GatewayClient } from '../src/gateway/gateway-client.ts';
import { createGit } from '../src/git/git.ts';
import { createMirrors } from '../src/git/mirrors.ts';
import type { Logger } from '../src/logging/create-logger.ts';
import { sweepWorkspaces } from '../src/workspace/sweep-workspaces.ts';
import { programEnvironment } from './program-environment.ts';

/** Clears a host that starts of what ended while it was away. Nothing of it keeps the host from starting. */
export async function sweepHost(host: {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly passEnv: readonly string[];
  readonly gateway: Pick<GatewayClient, 'task'>;
  readonly logger: Logger;
}): Promise<void> {
  const { folder, gateway, logger } = host;
  const git = createGit({ env: programEnvironment(host.env, host.passEnv) });
  const { keys } = await sweepWorkspaces({
    root: join(folder, 'workspaces'),
    git,
    mirrors: createMirrors({ root: join(folder, 'mirrors'), git }),
    find: (id) => gateway.task(id),
    onError: (workspace, error) => logger.warn({ workspace, error }, 'workspace left as it is'),
  });
  if (keys.length > 0) logger.info({ workspaces: keys }, 'removed the workspaces of tasks that have ended');
}
