import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startProgram } from '../src/supervisor/programs.ts';
import { REPO } from './work.ts';

const ForgePlace = z.object({
  apiUrl: z.string(),
  webUrl: z.string(),
  gitUrl: z.string(),
  token: z.string(),
  modelUrl: z.string(),
});
/** Where forge and model are. */
export type ForgePlace = z.infer<typeof ForgePlace>;

export interface Forge extends ForgePlace {
  close(): Promise<void>;
}

/** Starts forge and model as one process beside this one. */
export async function startForge(
  folders: { readonly dir: string; readonly mirror: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<Forge> {
  const told: string[] = [];
  const program = startProgram({
    command: process.execPath,
    args: [
      ...process.execArgv,
      fileURLToPath(new URL('forge-process.ts', import.meta.url)),
      folders.dir,
      folders.mirror,
    ],
    env,
    ipc: true,
    onLine: (line) => void told.push(line),
  });
  const place = await new Promise<ForgePlace>((resolve, reject) => {
    program.onMessage((message) => resolve(ForgePlace.parse(message)));
    void program.exited.then(() => reject(new Error(`the forge did not start: ${told.join('\n')}`)));
  });
  return { ...place, close: async () => void (await program.stop(2_000)) };
}

/** Files an issue as its reader will find it; resolves to its number. */
export async function fileIssue(forge: ForgePlace, title: string): Promise<number> {
  const answer = await fetch(`${forge.apiUrl}/repos/${REPO}/issues`, {
    method: 'POST',
    headers: { authorization: `Bearer ${forge.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title, body: 'See `src/m01.mjs` and its test.' }),
  });
  if (!answer.ok) throw new Error(`no issue: ${answer.status} ${await answer.text()}`);
  return z.object({ number: z.number() }).parse(await answer.json()).number;
}
