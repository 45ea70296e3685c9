import { loadSettings, type ResolvedSettings } from '../src/config/load-settings.ts';
import { RepoSettings } from '../src/contract/repo-settings.ts';
import type { EmulatedGithub } from './emulator/start-emulated-github.ts';
import type { DemoPackage } from './packages/demo-package.ts';

/** What the person has set that holds in the demo too; all else is the demo's own, so that it touches nothing of theirs. */
const KEPT =
  /^(PATH|HOME|XDG_CACHE_HOME|LOG_LEVEL|ANTHROPIC_API_KEY|CLAUDE_CODE_OAUTH_TOKEN|TASKFLEET_(CACHE_DIR|TEMPORAL|CLAUDE|ISOLATION|PASS_ENV|MODEL|TASK_BUDGET_USD|SESSION_.*|SILENCE_.*))$/;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The person's settings as far as the demo heeds them: no file, no forge, no fleet of theirs. */
export function readOwnSettings(env: Environment, dataDir: string): ResolvedSettings {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => KEPT.test(name)));
  // a folder without configuration, also in place of the person's own
  return loadSettings({ env: { ...kept, XDG_CONFIG_HOME: dataDir, TASKFLEET_DATA_DIR: dataDir }, cwd: dataDir });
}

/** The settings of the demo's fleet: one coordinator, and one host with a slot for each issue. */
export function fleetSettings(
  own: ResolvedSettings,
  demo: {
    readonly temporal: string;
    readonly gatewayPort: number;
    readonly github: EmulatedGithub;
    /** The scripted model's address; undefined for the real one. */
    readonly modelUrl: string | undefined;
    readonly packages: readonly DemoPackage[];
    readonly passEnv: readonly string[];
  },
): ResolvedSettings {
  const { github, gatewayPort, modelUrl } = demo;
  return {
    ...own,
    temporal: { ...own.temporal, executable: demo.temporal },
    gateway: { ...own.gateway, listen: `127.0.0.1:${gatewayPort}`, url: `http://127.0.0.1:${gatewayPort}` },
    github: { ...own.github, token: github.token, apiUrl: github.apiUrl, webUrl: github.webUrl, gitUrl: github.gitUrl },
    claude:
      modelUrl === undefined
        ? own.claude
        : { ...own.claude, apiKey: 'scripted', oauthToken: undefined, baseUrl: modelUrl },
    host: {
      ...own.host,
      id: 'demo',
      slots: demo.packages.length,
      passEnv: [...new Set([...own.host.passEnv, ...demo.passEnv])],
    },
    repositories: Object.fromEntries(
      demo.packages.flatMap(({ repo, settings }) => (settings ? [[repo, RepoSettings.parse(settings)]] : [])),
    ),
  };
}

/** The environment without variables that are not set. */
export function definedOnly(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
