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
  const { host, home, tmp } = request;
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    const isAllowed = TAKEN.has(name) || name.startsWith('LC_') || request.passEnv.includes(name);
    if (isAllowed && value !== undefined && !SECRET.test(name) && !OURS.test(name)) environment[name] = value;
  }
  const realHome = host['HOME'];
  for (const [name, folder] of TOOLCHAINS) {
    if (realHome && !environment[name] && existsSync(join(realHome, folder)))
      environment[name] = join(realHome, folder);
  }
  return {
    // an unwritable module cache could not be removed with the workspace
    GOFLAGS: '-modcacherw',
    PYTHONUNBUFFERED: '1',
    GIT_TERMINAL_PROMPT: '0',
    ...environment,
    // last, so that what is installed there can replace nothing of the host's
    PATH: [environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin', join(home, '.local', 'bin')].join(delimiter),
    HOME: home,
    TMPDIR: tmp,
    TERM: 'dumb',
    CI: 'true',
    NO_COLOR: '1',
    ...(request.portBase !== undefined && {
      TASKFLEET_PORT_BASE: String(request.portBase),
      PORT: String(request.portBase),
    }),
    ...request.repository,
  };
}
