import type { CliContext } from './context.ts';

export interface FoundToken {
  readonly token: string;
  /** Where it was found, for a person. */
  readonly from: string;
}

/** The forge's token: from the settings, else the one that GitHub's own command line tool holds. */
export async function findGithubToken(context: CliContext): Promise<FoundToken | undefined> {
  const { settings, loaded } = context;
  if (settings.github.token) {
    return { token: settings.github.token, from: loaded.origins.get('github.token') ?? 'the settings' };
  }
  const { runProgram } = await import('../supervisor/programs.ts');
  const host = new URL(settings.github.webUrl).host;
  const asked = await runProgram({
    command: 'gh',
    args: ['auth', 'token', '--hostname', host],
    env: { PATH: context.env['PATH'], HOME: context.env['HOME'], XDG_CONFIG_HOME: context.env['XDG_CONFIG_HOME'] },
    timeoutMs: 10_000,
  });
  const token = asked.output.trim();
  return asked.code === 0 && /^\S{10,}$/.test(token) ? { token, from: 'gh auth token' } : undefined;
}
