/** What suffices: on one repository for a fine-grained token, and as scope of a classic one. */
export const LEAST_RIGHTS = [
  'fine-grained token, on the repositories alone: Contents (read and write), Issues (read and write), Pull requests (read and write), Metadata (read)',
  'classic token: repo (public_repo, if all repositories are public)',
] as const;

/** What a classic token lacks; undefined where it suffices, or where the forge does not say. */
export function judgeScopes(scopes: readonly string[] | null): { found: string; mend: string } | undefined {
  if (scopes === null || scopes.includes('repo')) return undefined;
  if (scopes.includes('public_repo')) return undefined;
  const has = scopes.filter((scope) => scope !== '').join(', ') || 'no scope at all';
  return {
    found: `the token has ${has}, and not repo`,
    mend: 'give the token the scope repo, or public_repo if all repositories are public',
  };
}
