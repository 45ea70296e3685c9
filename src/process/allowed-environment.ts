import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface EnvironmentRequest {
  /** The host's environment, of which only allowed names are taken. */
  readonly host: Readonly<Record<string, string | undefined>>;
  /** More names that may be taken from it (`host.passEnv`). */
  readonly passEnv: readonly string[];
  /** HOME of the program: a private one, so that the person's settings and keys are out of reach by name. */
  readonly home: string;
  readonly tmp: string;
  /** Where package managers keep what they downloaded and tools that they bring: shared by tasks that trust each other. */
  readonly cache?: string;
  /** What the repository's settings say: wins over everything, and alone may carry secrets. */
  readonly repository?: Readonly<Record<string, string>>;
  /** First port of the task's range. */
  readonly portBase?: number;
}

const TAKEN = new Set(['PATH', 'LANG', 'LANGUAGE', 'TZ']);
const SECRET = /token|secret|key|passw|credential/i;
const OURS = /^(TASKFLEET|CLAUDE|ANTHROPIC)_/i;

/** Toolchains that look for themselves below HOME: with a private one they would vanish. */
const TOOLCHAINS = [
  ['RUSTUP_HOME', '.rustup'],
  ['PYENV_ROOT', '.pyenv'],
  ['RBENV_ROOT', '.rbenv'],
  ['VOLTA_HOME', '.volta'],
] as const;

/**
 * The environment of a program that reads untrusted text, built from an allow-list.
 * A name that looks like a secret's never passes, be it in `passEnv`, unless the repository's settings set it.
 */
export function allowedEnvironment(request: EnvironmentRequest): Record<string, string> {
  const { home, tmp, portBase } = request;
  const taken = takeFromHost(request);
  const cache = request.cache ?? join(home, '.cache');
  const tools = join(cache, 'tools');
  return {
    // an unwritable module cache could not be removed with the workspace
    GOFLAGS: '-modcacherw',
    PYTHONUNBUFFERED: '1',
    GIT_TERMINAL_PROMPT: '0',
    ...(request.cache !== undefined && cacheFolders(request.cache)),
    ...taken,
    TASKFLEET_TOOLS: tools,
    // last, so that what is installed there can replace nothing of the host's
    PATH: [taken['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', join(tools, 'bin')].join(delimiter),
    HOME: home,
    TMPDIR: tmp,
    TERM: 'dumb',
    CI: 'true',
    NO_COLOR: '1',
    ...(portBase !== undefined && { TASKFLEET_PORT_BASE: String(portBase), PORT: String(portBase) }),
    ...request.repository,
  };
}

function takeFromHost({ host, passEnv }: EnvironmentRequest): Record<string, string> {
  const taken: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value !== undefined && isAllowed(name, passEnv)) taken[name] = value;
  }
  const home = host['HOME'];
  if (!home) return taken;
  for (const [name, folder] of TOOLCHAINS) {
    if (!taken[name] && existsSync(join(home, folder))) taken[name] = join(home, folder);
  }
  return taken;
}

function isAllowed(name: string, passEnv: readonly string[]): boolean {
  if (SECRET.test(name) || OURS.test(name)) return false;
  return TAKEN.has(name) || name.startsWith('LC_') || passEnv.includes(name);
}

function cacheFolders(cache: string): Record<string, string> {
  return {
    npm_config_cache: join(cache, 'npm'),
    npm_config_store_dir: join(cache, 'pnpm'),
    YARN_CACHE_FOLDER: join(cache, 'yarn'),
    PIP_CACHE_DIR: join(cache, 'pip'),
    UV_CACHE_DIR: join(cache, 'uv'),
    GOCACHE: join(cache, 'go-build'),
    GOMODCACHE: join(cache, 'go-mod'),
    CARGO_HOME: join(cache, 'cargo'),
  };
}
