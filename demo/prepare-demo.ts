import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedSettings } from '../src/config/load-settings.ts';
import { createGit } from '../src/git/git.ts';
import { resolveTemporal } from '../src/temporal/resolve-temporal.ts';
import { startEmulatedGithub, type EmulatedGithub } from './emulator/start-emulated-github.ts';
import type { DemoPackage } from './packages/demo-package.ts';
import { fetchPackage } from './packages/fetch-package.ts';
import { makeRepository } from './packages/make-repository.ts';
import { definedOnly } from './demo-settings.ts';
import type { Show } from './run-demo.ts';
import { SCENARIOS } from './scenarios/scenarios.ts';
import { toScript } from './scenarios/scenario.ts';
import { startScriptedModel } from './scripted-model/server.ts';

/** How long a turn of the scripted model takes, so that one can follow it. */
const THINK_MS = 250;

export interface Prepared {
  /** The `temporal` binary. */
  readonly temporal: string;
  readonly packages: readonly DemoPackage[];
  readonly github: EmulatedGithub;
  /** Of the scripted model; undefined for the real one. */
  readonly modelUrl: string | undefined;
}

/** Fetches and starts all that the fleet will meet: Temporal's binary, the packages' repositories, GitHub, the model. */
export async function prepareDemo(
  given: Show & {
    readonly own: ResolvedSettings;
    readonly packages: readonly DemoPackage[];
    readonly model: 'scripted' | 'real';
  },
): Promise<Prepared> {
  const { own, packages, env, output, dir, signal, closers } = given;
  const { cacheDir } = own;
  output.say('Fetching the packages and Temporal …');
  const [temporal] = await Promise.all([
    resolveTemporal({
      executable: own.temporal.executable,
      cacheDir,
      env,
      onProgress: (line) => output.say(`  temporal: ${line}`),
    }),
    Promise.all(packages.map((demo) => prepareRepository(demo, { ...given, cacheDir }))),
  ]);
  signal.throwIfAborted();
  output.say(`  temporal: ${temporal.path} (${temporal.source})`);

  await mkdir(join(dir, 'forge'), { recursive: true });
  const github = await startEmulatedGithub({
    dir: join(dir, 'forge'),
    repos: packages.map((demo) => {
      const [owner = '', name = ''] = demo.repo.split('/');
      return { owner, name, from: join(dir, 'packages', demo.name), description: `${demo.name} ${demo.version}` };
    }),
  });
  closers.add(() => github.close());
  if (given.model === 'real') return { temporal: temporal.path, packages, github, modelUrl: undefined };
  const model = await startScriptedModel({ scripts: SCENARIOS.map(toScript), thinkMs: THINK_MS });
  closers.add(() => model.close());
  return { temporal: temporal.path, packages, github, modelUrl: model.url };
}

async function prepareRepository(demo: DemoPackage, place: Show & { readonly cacheDir: string }): Promise<void> {
  const { dir, env, output, signal } = place;
  const archive = await fetchPackage(demo, { cacheDir: place.cacheDir, env, signal });
  const git = createGit({ env: definedOnly(env) });
  const { sha } = await makeRepository({ demo, archive, folder: join(dir, 'packages', demo.name), git, env });
  output.say(`  ${demo.name} ${demo.version} from ${demo.registry} (${demo.licence}), base commit ${sha.slice(0, 10)}`);
}
