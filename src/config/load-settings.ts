import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import envPaths from 'env-paths';
import type { z } from 'zod';
import { FailureType } from '../domain/failure-type.ts';
import { suggestName } from '../domain/nearest-names.ts';
import { TypedError } from '../domain/typed-error.ts';
import { explainIssue } from './explain-issue.ts';
import { findConfigFile } from './find-config-file.ts';
import { interpolate } from './interpolate.ts';
import { readConfigFile, type ConfigFile } from './read-config-file.ts';
import { readEnvironment } from './read-environment.ts';
import { listSettings } from './setting-list.ts';
import { describeProblem, type Origin, type SettingProblem } from './setting-problem.ts';
import { Settings } from './settings.ts';

/** Settings with every default in place, the two folders included. Frozen. */
export type ResolvedSettings = Settings & { readonly dataDir: string; readonly cacheDir: string };

export interface SettingsRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** From `--config`. */
  readonly file?: string | undefined;
  /** By dotted path, from options of the command line: they win over file and environment. */
  readonly overrides?: Readonly<Record<string, { readonly value: unknown; readonly option: string }>>;
}

export interface LoadedSettings {
  readonly settings: ResolvedSettings;
  /** The file that was read, if any. */
  readonly file: string | undefined;
  /** Who set each setting that was set; the others have their defaults. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** The settings of this process. Throws a ConfigError that lists every problem of file, environment and options at once. */
export function loadSettings(request: SettingsRequest): ResolvedSettings {
  return loadSettingsWithOrigins(request).settings;
}

/** The same, with who set what. */
export function loadSettingsWithOrigins(request: SettingsRequest): LoadedSettings {
  const choice = findConfigFile(request);
  const file = choice.file === undefined ? undefined : readConfigFile(choice.file);
  const rivals = choice.rivals.map((rival) => ({
    origin: rival,
    path: '',
    message: `lies beside ${choice.file}: keep one of them`,
  }));
  const gathered = gather(request, file);
  const problems: SettingProblem[] = [...rivals, ...(file?.problems ?? []), ...gathered.problems];
  const parsed = Settings.safeParse(gathered.tree);
  if (!parsed.success) {
    const known = new Set(gathered.problems.map((problem) => problem.path));
    const found = parsed.error.issues.flatMap((issue) => explainAll(issue, gathered));
    problems.push(...found.filter((problem) => !known.has(problem.path)));
  }
  if (!parsed.success || problems.length > 0) throw configError(problems);
  const paths = envPaths('taskfleet', { suffix: '' });
  const folder = (name: 'dataDir' | 'cacheDir', fallback: string): string => {
    const home = request.env['HOME'] || homedir();
    const text = (parsed.data[name] ?? fallback).replace(/^~(?=$|\/)/, home);
    const fromFile = file && gathered.origins.get(name)?.startsWith('variable') === false;
    return resolve(fromFile ? dirname(file.path) : request.cwd, text);
  };
  const settings = freeze({
    ...parsed.data,
    dataDir: folder('dataDir', paths.data),
    cacheDir: folder('cacheDir', paths.cache),
  });
  return { settings, file: file?.path, origins: gathered.origins };
}

interface Gathered {
  readonly tree: Record<string, unknown>;
  readonly origins: Map<string, Origin>;
  readonly problems: SettingProblem[];
  originOf(path: readonly PropertyKey[]): Origin;
}

function gather(request: SettingsRequest, file: ConfigFile | undefined): Gathered {
  const interpolated = interpolate(file?.value ?? {}, request.env);
  const tree = interpolated.value as Record<string, unknown>;
  const origins = originsInFile(tree, file);
  const environment = readEnvironment(request.env);
  for (const { path, variable, value } of environment.values) {
    if (put(tree, path.split('.'), value)) origins.set(path, `variable ${variable}`);
  }
  for (const [path, { value, option }] of Object.entries(request.overrides ?? {})) {
    if (put(tree, path.split('.'), value)) origins.set(path, `option ${option}`);
  }
  const originOf = (path: readonly PropertyKey[]): Origin => findOrigin(path, origins, file);
  // a value that could not be filled in is not judged a second time
  const missing = interpolated.missing
    .map(({ path, message }) => ({ origin: file?.originOf(path) ?? '', path: path.join('.'), message }))
    .filter((problem) => !origins.get(problem.path)?.startsWith('variable'));
  return { tree, origins, problems: [...missing, ...environment.problems], originOf };
}

function originsInFile(tree: Record<string, unknown>, file: ConfigFile | undefined): Map<string, Origin> {
  const set = listSettings().filter(({ path }) => valueAt(tree, path.split('.')) !== undefined);
  return new Map(set.map(({ path }) => [path, file?.originOf(path.split('.')) ?? 'settings']));
}

function findOrigin(
  path: readonly PropertyKey[],
  origins: ReadonlyMap<string, Origin>,
  file: ConfigFile | undefined,
): Origin {
  for (let length = path.length; length > 0; length -= 1) {
    const known = origins.get(path.slice(0, length).join('.'));
    // what the file set has a nearer line than that of the setting as a whole
    if (known !== undefined && !known.includes(':')) return known;
  }
  return file?.originOf(path) ?? 'settings';
}

function explainAll(issue: z.core.$ZodIssue, gathered: Gathered): SettingProblem[] {
  const path = issue.path.map(String);
  const dotted = path.join('.');
  if (issue.code !== 'unrecognized_keys') {
    const isSecret = listSettings().some((setting) => setting.path === dotted && setting.meta.secret);
    const message = explainIssue(issue, valueAt(gathered.tree, path), isSecret);
    return [{ origin: gathered.originOf(issue.path), path: dotted, message }];
  }
  return issue.keys.map((key) => {
    const full = [...path, key].join('.');
    const prefix = path.length > 0 ? `${dotted}.` : '';
    const siblings = listSettings().flatMap((setting) =>
      setting.path.startsWith(prefix) ? [setting.path.slice(prefix.length).split('.')[0] ?? ''] : [],
    );
    const elsewhere = listSettings().find((setting) => setting.path.split('.').at(-1) === key)?.path;
    const near = suggestName(key, [...new Set(siblings)]);
    const hint = near === undefined ? elsewhere : `${prefix}${near}`;
    const message = `unknown setting${hint ? `; did you mean '${hint}'?` : ''}`;
    return { origin: gathered.originOf([...issue.path, key]), path: full, message };
  });
}

function configError(problems: readonly SettingProblem[]): TypedError {
  const lines = problems.map((problem) => `  ${describeProblem(problem)}`);
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return new TypedError(FailureType.ConfigError, [`the configuration has ${count}:`, ...lines].join('\n'), {
    hint: 'mend what is listed; docs/configuration.md describes every setting',
  });
}

function valueAt(tree: unknown, keys: readonly string[]): unknown {
  let node = tree;
  for (const key of keys) {
    if (node === null || typeof node !== 'object' || !Object.hasOwn(node, key)) return undefined;
    node = (node as Record<string, unknown>)[key];
  }
  return node;
}

/** False where the file has something else than an object on the way: the schema reports that. */
function put(tree: Record<string, unknown>, keys: readonly string[], value: unknown): boolean {
  let node = tree;
  for (const key of keys.slice(0, -1)) {
    node[key] ??= {};
    const next = node[key];
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return false;
    node = next as Record<string, unknown>;
  }
  node[keys.at(-1) ?? ''] = value;
  return true;
}

function freeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    for (const child of Object.values(value)) freeze(child);
    Object.freeze(value);
  }
  return value;
}
