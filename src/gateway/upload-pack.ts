import { spawnTrusted, type TrustedProcess } from '../process/spawn-trusted.ts';

const SETTINGS: readonly (readonly [string, string])[] = [
  // checkpoints and half-done imports of other tasks are nobody's business
  ['uploadpack.hideRefs', 'refs/taskfleet'],
  // a task's base stays fetchable after the branch moved on
  ['uploadpack.allowReachableSHA1InWant', 'true'],
  ['uploadpack.allowFilter', 'true'],
  ['core.hooksPath', '/dev/null'],
  ['gc.auto', '0'],
];

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin';

/** Starts git's own server side of a fetch on a mirror, deaf to every configuration but this one. */
export function startUploadPack(options: {
  readonly mirror: string;
  /** `--advertise-refs` for the first request of a fetch, nothing for the others. */
  readonly flags: readonly string[];
  /** What the client said in its `Git-Protocol` header. */
  readonly protocol: string | undefined;
  readonly signal: AbortSignal;
}): TrustedProcess {
  const { mirror, flags, protocol, signal } = options;
  return spawnTrusted({
    command: 'git',
    args: ['upload-pack', '--strict', '--stateless-rpc', '--timeout=120', ...flags, mirror],
    cwd: mirror,
    env: {
      PATH: DEFAULT_PATH,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_COUNT: String(SETTINGS.length),
      ...Object.fromEntries(
        SETTINGS.flatMap(([key, value], index) => [
          [`GIT_CONFIG_KEY_${index}`, key],
          [`GIT_CONFIG_VALUE_${index}`, value],
        ]),
      ),
      ...(protocol && { GIT_PROTOCOL: protocol }),
    },
    signal,
  });
}
