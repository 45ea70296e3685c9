/**
 * Settings under which every git of ours runs. They travel in the environment (git reads GIT_CONFIG_COUNT as it reads
 * `-c`), so that they also hold for the programs that git starts, and so that no secret stands in an argument.
 * Each outranks what a repository's own configuration says.
 */
const HARDENED: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.pager', 'cat'],
  ['core.sshCommand', 'ssh -oBatchMode=yes'],
  ['core.askPass', ''],
  ['credential.helper', ''],
  ['protocol.ext.allow', 'never'],
  // content is stored as it stands
  ['core.autocrlf', 'false'],
  ['core.safecrlf', 'false'],
  ['core.symlinks', 'true'],
  ['core.fileMode', 'true'],
  ['core.precomposeUnicode', 'false'],
  ['core.protectHFS', 'true'],
  ['core.protectNTFS', 'true'],
  ['core.quotePath', 'false'],
  ['core.logAllRefUpdates', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['push.recurseSubmodules', 'no'],
  ['diff.ignoreSubmodules', 'all'],
  ['commit.gpgSign', 'false'],
  ['push.gpgSign', 'false'],
  ['gc.autoDetach', 'false'],
  ['maintenance.autoDetach', 'false'],
  ['checkout.workers', '0'],
  ['advice.detachedHead', 'false'],
];

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/** Where a git command works, beside its arguments. */
export interface GitPlace {
  /** A repository that we alone write; none for commands on a URL. */
  readonly gitDir?: string | undefined;
  /** A tree that somebody else writes: git reads it with the configuration of `gitDir` only. */
  readonly workTree?: string | undefined;
  readonly indexFile?: string | undefined;
  /** HTTP headers, such as a bearer token: they reach git in its environment, never in an argument. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** More configuration for this command. */
  readonly config?: readonly (readonly [string, string])[] | undefined;
  /** More environment for this command, such as the dates of a commit. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Programs that git would start for a person, as npm and shells name them: nobody sits here, and simple-git refuses them. */
const FOR_PEOPLE = new Set(['EDITOR', 'VISUAL', 'PAGER', 'SSH_ASKPASS', 'BROWSER']);

/** Of the host's variables all pass but git's own (CA settings do) and those that name programs for people. */
function passes(name: string): boolean {
  return (!name.startsWith('GIT_') || name.startsWith('GIT_SSL_')) && !FOR_PEOPLE.has(name);
}

/** The whole environment of one git command. */
export function gitEnvironment(host: Readonly<Record<string, string>>, place: GitPlace): Record<string, string> {
  const passed = Object.entries(host).filter(([name]) => passes(name));
  const headers = Object.entries(place.headers ?? {}).map(
    ([name, value]) => ['http.extraHeader', `${name}: ${value}`] as const,
  );
  const config = [...HARDENED, ...(place.config ?? []), ...headers];
  return {
    PATH: DEFAULT_PATH,
    ...Object.fromEntries(passed),
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'https:http:file:ssh',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    ...place.env,
    ...(place.gitDir && { GIT_DIR: place.gitDir }),
    ...(place.workTree && { GIT_WORK_TREE: place.workTree }),
    ...(place.indexFile && { GIT_INDEX_FILE: place.indexFile }),
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(
      config.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
