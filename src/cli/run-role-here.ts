import type { ResolvedSettings } from '../config/load-settings.ts';
import type { Role } from '../../workers/child-protocol.ts';
import type { CliContext } from './context.ts';
import { ExitCode } from './exit-code.ts';

/** Runs one role of the fleet in this process until it is told to stop. Logs go to stderr, for people on a terminal. */
export async function runRoleHere(context: CliContext, role: Role): Promise<ExitCode> {
  const [{ secretVariables }, { processLogger }, { runRole }, { startRole }, { EXIT_CONFIG }] = await Promise.all([
    import('../../workers/forge-secrets.ts'),
    import('../../workers/process-logger.ts'),
    import('../../workers/run-role.ts'),
    import('../../workers/start-role.ts'),
    import('../supervisor/supervise.ts'),
  ]);
  const settings = role === 'host' ? context.settings : await withGithubToken(context);
  const env = { ...context.env };
  // what this process starts must not find them there, whatever it inherits
  for (const name of secretVariables()) delete process.env[name];
  const pretty = process.stderr.isTTY === true;
  const logger = processLogger(settings, role, pretty);
  const code = await runRole((signal) => startRole(role, settings, { env, logger, pretty, signal }), logger);
  if (code === EXIT_CONFIG) return ExitCode.Usage;
  return code === 0 ? ExitCode.Ok : ExitCode.Failure;
}

/** Whoever is logged in with GitHub's own tool need not set a token again. */
async function withGithubToken(context: CliContext): Promise<ResolvedSettings> {
  const { settings, output } = context;
  if (settings.github.token !== undefined) return settings;
  const { findGithubToken } = await import('./github-token.ts');
  const found = await findGithubToken(context);
  if (!found) return settings;
  output.note(`The forge's token is that of '${found.from}'.`);
  return { ...settings, github: { ...settings.github, token: found.token } };
}
