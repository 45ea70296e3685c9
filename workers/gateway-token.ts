import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The token that was set, or the one in `<dataDir>/gateway.token`, made there once for this user alone. */
export async function ensureGatewayToken(settings: {
  readonly dataDir: string;
  readonly gateway: { readonly token?: string | undefined };
}): Promise<string> {
  if (settings.gateway.token !== undefined) return settings.gateway.token;
  const file = join(settings.dataDir, 'gateway.token');
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
  try {
    // the first of several processes wins, and nobody reads half a token
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(file, 'utf8')).trim();
}
