import { appendFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Client } from '@temporalio/client';
import { freePort } from '../demo/emulator/free-port.ts';
import { locateClaude } from '../src/claude/find-claude.ts';
import { loadSettings, type ResolvedSettings } from '../src/config/load-settings.ts';
import { createGit } from '../src/git/git.ts';
import { createLogger } from '../src/logging/create-logger.ts';
import { connectClient } from '../src/temporal/connect.ts';
import { readServerNote } from '../src/temporal/server-note.ts';
import { resolveTemporal } from '../src/temporal/resolve-temporal.ts';
import { startFleet, type Fleet } from '../workers/up.ts';
import { startForge, type Forge } from './start-forge.ts';
import { repositoryFiles } from './work.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that both sides work with, and the fleet. */
export interface World {
  readonly dir: string;
  readonly env: Environment;
  readonly forge: Forge;
  readonly claude: string;
  /** The bare script's local clone source. */
  readonly mirror: string;
  readonly settings: ResolvedSettings;
  readonly fleet: Fleet;
  readonly serverPid: number | undefined;
  readonly client: Client;
  readonly temporalAddress: string;
}

export interface WorldOptions {
  readonly dir: string;
  readonly env: Environment;
  readonly slots: number;
  readonly say: (line: string) => void;
  /** What has to be ended, in the reverse order. */
  readonly closers: (() => Promise<void>)[];
}

/** Variables of the person's that decide on the bench's own parts: programs, caches, isolation. All else is the bench's. */
const KEPT = /^(PATH|HOME|XDG_CACHE_HOME|TASKFLEET_(CACHE_DIR|TEMPORAL|CLAUDE|ISOLATION))$/;

/** Starts one model, one forge and one fleet. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { dir, slots, say, closers } = options;
  const env = Object.fromEntries(Object.entries(options.env).filter(([name]) => KEPT.test(name)));
  const dataDir = join(dir, 'data');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const own = loadSettings({ env: { ...env, XDG_CONFIG_HOME: dir, TASKFLEET_DATA_DIR: dataDir }, cwd: dataDir });
  const { cacheDir } = own;
  const temporal = await resolveTemporal({ executable: own.temporal.executable, cacheDir, env, onProgress: say });
  say('starting model, forge and fleet …');
  const mirror = await makeRepository(dir, env);
  await mkdir(join(dir, 'forge'));
  const forge = await startForge({ dir: join(dir, 'forge'), mirror }, env);
  closers.push(() => forge.close());
  const { token, apiUrl, webUrl, gitUrl, modelUrl } = forge;

  const gatewayPort = await freePort();
  const settings: ResolvedSettings = {
    ...own,
    temporal: { ...own.temporal, executable: temporal.path },
    gateway: { ...own.gateway, listen: `127.0.0.1:${gatewayPort}`, url: `http://127.0.0.1:${gatewayPort}` },
    github: { ...own.github, token, apiUrl, webUrl, gitUrl },
    claude: { ...own.claude, apiKey: 'scripted', oauthToken: undefined, baseUrl: modelUrl },
    host: { ...own.host, id: 'bench', slots },
  };
  const write = (text: string): void => appendFileSync(join(dir, 'fleet.log'), text);
  const logger = createLogger({ level: 'info', name: 'bench', pretty: true, write, secrets: [token] });
  const fleet = await startFleet(settings, { env, logger, pretty: true, write, headless: true });
  closers.push(() => fleet.shutdown());
  const connected = await connectClient({ address: fleet.temporalAddress, namespace: own.temporal.namespace });
  closers.push(() => connected.close());
  const note = await readServerNote(join(dataDir, 'temporal'));
  const claude = await locateClaude(own.claude.executable);
  return {
    ...{ dir, env, forge, claude, mirror, settings, fleet },
    serverPid: note?.pid,
    client: connected.client,
    temporalAddress: fleet.temporalAddress,
  };
}

/** A repository of fifty files with one commit, bare. */
async function makeRepository(dir: string, env: Environment): Promise<string> {
  const work = join(dir, 'seed');
  for (const [path, text] of repositoryFiles()) {
    await mkdir(dirname(join(work, path)), { recursive: true });
    await writeFile(join(work, path), text);
  }
  const person = { GIT_AUTHOR_NAME: 'bench', GIT_AUTHOR_EMAIL: 'bench@localhost' };
  const git = createGit({ env: { PATH: env['PATH'] ?? '' } });
  const call = {
    cwd: work,
    env: { ...person, GIT_COMMITTER_NAME: person.GIT_AUTHOR_NAME, GIT_COMMITTER_EMAIL: person.GIT_AUTHOR_EMAIL },
  };
  await git.run(['init', '--quiet', '--initial-branch=main'], call);
  await git.run(['add', '--all'], call);
  await git.run(['commit', '--quiet', '-m', 'chore: begin'], call);
  const mirror = join(dir, 'mirror.git');
  await git.run(['clone', '--quiet', '--bare', work, mirror], call);
  return mirror;
}
