import type { ArtifactStreams } from '../artifacts/artifact-streams.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { FileTaskLog } from '../task-log/file-task-log.ts';
import { artifactRoutes } from './artifact-routes.ts';
import { gitRoutes } from './git-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { openHttpServer } from './http-server.ts';
import { ledgerRoutes } from './ledger-routes.ts';
import { logRoutes } from './log-routes.ts';

export interface GatewayOptions {
  /** `host:port`; port 0 takes any that is free. */
  readonly listen: string;
  /** What everybody who calls has to know. */
  readonly token: string;
  readonly ledger: Ledger;
  readonly artifacts: ArtifactStreams;
  readonly logs: FileTaskLog;
  /** Folder with the trusted mirrors, `<repoKey>.git` each. */
  readonly gitRoot: string;
  readonly version: string;
  /** Largest artifact that is taken. Default: the limit of every store. */
  readonly maxArtifactBytes?: number;
  /** Hears of failures that are nobody's mistake but ours. */
  readonly onError?: (error: unknown, request: string) => void;
}

/**
 * Starts the one port through which hosts and the CLI reach ledger, artifacts, logs and mirrors.
 * Throws TypedError ConfigError when it cannot listen. Closing ends what is under way within two seconds.
 */
export async function startGateway(options: GatewayOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { listen, token, ledger, artifacts, logs, gitRoot, version, maxArtifactBytes, onError } = options;
  return openHttpServer({
    listen,
    token,
    onError,
    routes: [
      ...healthRoutes({ ledger, version }),
      ...artifactRoutes(artifacts, maxArtifactBytes),
      ...logRoutes(logs, ledger),
      ...ledgerRoutes(ledger),
      ...gitRoutes(gitRoot),
    ],
  });
}
