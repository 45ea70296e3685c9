import type { RepositoryFiles } from '../repository-files.ts';
import type { Findings } from './ecosystem.ts';

type Json = Record<string, unknown>;
type Manager = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** npm, pnpm, yarn or bun, by the field `packageManager`, else by the lockfile. */
export function findNode(files: RepositoryFiles): Findings | undefined {
  const manifest = parse(files.read('package.json'));
  if (!manifest) return undefined;
  const manager = chooseManager(files, manifest);
  const scripts = section(manifest, 'scripts');
  const run = (...names: string[]): string | undefined => {
    const name = names.find((one) => typeof scripts[one] === 'string' && scripts[one].trim() !== '');
    if (name === undefined) return undefined;
    return name === 'test' ? `${manager} ${manager === 'bun' ? 'run test' : 'test'}` : `${manager} run ${name}`;
  };
  const isPlaceholder = typeof scripts['test'] === 'string' && scripts['test'].includes('no test specified');
  const tests = isPlaceholder ? run('test:unit', 'tests') : run('test', 'test:unit', 'tests');
  const types = run('typecheck', 'type-check', 'check-types', 'types', 'tsc') ?? findCompiler(files, manifest);
  return { setup: findInstall(files, manifest, manager), lint: run('lint'), types, tests };
}

function findCompiler(files: RepositoryFiles, manifest: Json): string | undefined {
  const hasCompiler =
    'typescript' in section(manifest, 'devDependencies') || 'typescript' in section(manifest, 'dependencies');
  return hasCompiler && files.has('tsconfig.json') ? 'node_modules/.bin/tsc --noEmit -p .' : undefined;
}

function findInstall(files: RepositoryFiles, manifest: Json, manager: Manager): string[] {
  if (manager === 'npm') {
    const install = 'npm install --no-audit --no-fund --no-package-lock';
    // a lockfile that has fallen behind its package.json is common, and no reason to give up
    if (hasNpmLock(files)) return [`npm ci --no-audit --no-fund || ${install}`];
    const needs = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
    const hasAny = needs.some((name) => Object.keys(section(manifest, name)).length > 0) || 'workspaces' in manifest;
    return hasAny ? [install] : [];
  }
  const version = wantedVersion(files, manifest, manager);
  const source = manager === 'yarn' && !version.startsWith('1') ? '@yarnpkg/cli-dist' : manager;
  const provide = `command -v ${manager} >/dev/null || npm install --global --prefix "\${TASKFLEET_TOOLS:-$HOME/.local}" --no-audit --no-fund ${source}@${version}`;
  return [provide, installCommand(files, manager, version)];
}

function installCommand(files: RepositoryFiles, manager: Exclude<Manager, 'npm'>, version: string): string {
  switch (manager) {
    case 'pnpm':
      return files.has('pnpm-lock.yaml') ? 'pnpm install --frozen-lockfile' : 'pnpm install --no-lockfile';
    case 'yarn':
      if (!files.has('yarn.lock')) return 'yarn install';
      return version.startsWith('1') ? 'yarn install --frozen-lockfile --non-interactive' : 'yarn install --immutable';
    case 'bun':
      return files.has('bun.lock') || files.has('bun.lockb')
        ? 'bun install --frozen-lockfile'
        : 'bun install --no-save';
  }
}

function chooseManager(files: RepositoryFiles, manifest: Json): Manager {
  const named = /^(npm|pnpm|yarn|bun)(@|$)/.exec(packageManager(manifest))?.[1];
  if (named) return named as Manager;
  if (hasNpmLock(files)) return 'npm';
  if (files.has('pnpm-lock.yaml')) return 'pnpm';
  if (files.has('yarn.lock')) return 'yarn';
  return files.has('bun.lock') || files.has('bun.lockb') ? 'bun' : 'npm';
}

/** The version to install where the host has none: the one named, else the last that reads this lockfile. */
function wantedVersion(files: RepositoryFiles, manifest: Json, manager: Manager): string {
  const named = /^[a-z]+@(\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?)/.exec(packageManager(manifest))?.[1];
  if (named) return named;
  if (manager === 'yarn') return isModernYarn(files) ? '4' : '1';
  return manager === 'pnpm' ? pnpmVersion(files) : 'latest';
}

function isModernYarn(files: RepositoryFiles): boolean {
  return files.read('yarn.lock')?.includes('__metadata:') === true;
}

function pnpmVersion(files: RepositoryFiles): string {
  const format = /^lockfileVersion: '?(\d+)/m.exec(files.read('pnpm-lock.yaml') ?? '')?.[1];
  return { '5': '7', '6': '8' }[format ?? ''] ?? '10';
}

function packageManager(manifest: Json): string {
  const named = manifest['packageManager'];
  return typeof named === 'string' ? named : '';
}

function hasNpmLock(files: RepositoryFiles): boolean {
  return files.has('package-lock.json') || files.has('npm-shrinkwrap.json');
}

function parse(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function section(manifest: Json, name: string): Json {
  return asObject(manifest[name]) ?? {};
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
