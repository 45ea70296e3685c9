import type { Forge } from '../forge/forge.ts';
import type { CliContext } from './context.ts';

/** The forge, seen with this token. */
export async function openForge(context: CliContext, token: string): Promise<Forge> {
  const [{ createGithub }, { createGithubForge }] = await Promise.all([
    import('../github/client.ts'),
    import('../github/github-forge.ts'),
  ]);
  return createGithubForge(
    createGithub({ token, apiUrl: context.settings.github.apiUrl, userAgent: 'taskfleet-cli', timeoutMs: 15_000 }),
  );
}
