/**
 * The header that lets git fetch from the forge and push to it, for URLs of the forge's own git host alone:
 * a token must never reach another host, whatever a task's input says.
 */
export function gitHeaders(
  cloneUrl: string,
  forge: { readonly webUrl: string; readonly gitUrl?: string | undefined; readonly token?: string | undefined },
): Readonly<Record<string, string>> {
  if (!forge.token || !URL.canParse(cloneUrl)) return {};
  const url = new URL(cloneUrl);
  const own = new URL(forge.gitUrl ?? forge.webUrl);
  if (url.protocol !== own.protocol || url.host !== own.host || !url.protocol.startsWith('http')) return {};
  return { Authorization: `Basic ${Buffer.from(`x-access-token:${forge.token}`).toString('base64')}` };
}
