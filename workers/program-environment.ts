/** What git may see of this process's environment: where programs and the user's folder are, proxies and certificates. */
export function programEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  passEnv: readonly string[],
): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'TZ', 'SSH_AUTH_SOCK', ...passEnv];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
