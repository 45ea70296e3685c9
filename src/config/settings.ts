import { z } from 'zod';
import { RepoSettings } from '../contract/repo-settings.ts';
import { Definition } from '../contract/stage-definition.ts';

/** What each setting's `meta` carries: the table in docs/configuration.md and .env.example are generated from it. */
export interface SettingMeta {
  readonly description: string;
  /** Environment variables that set it, the first found wins. They win over the file. */
  readonly env?: readonly string[];
  /** Masked wherever settings are shown. */
  readonly secret?: boolean;
  /** The default in words, where it is computed. */
  readonly defaultText?: string;
}

function about<T extends z.ZodType>(schema: T, meta: SettingMeta): T {
  return schema.meta({ ...meta });
}

const url = z.url({ protocol: /^https?$/ });
const hostPort = z.string().regex(/^[^\s:/]+:\d{1,5}$/, "host:port, such as '127.0.0.1:7233'");

const Temporal = z.strictObject({
  address: about(hostPort.default('127.0.0.1:7233'), { description: 'Temporal server', env: ['TEMPORAL_ADDRESS'] }),
  namespace: about(z.string().min(1).default('default'), { description: 'Namespace', env: ['TEMPORAL_NAMESPACE'] }),
  apiKey: about(z.string().min(1).optional(), {
    description: 'API key (Temporal Cloud); turns TLS on',
    env: ['TEMPORAL_API_KEY'],
    secret: true,
  }),
  tls: about(z.boolean().default(false), { description: 'Connect by TLS', env: ['TEMPORAL_TLS'] }),
  executable: about(z.string().min(1).optional(), {
    description: 'The `temporal` binary; found on PATH, in the cache, downloaded or built where not set',
    env: ['TASKFLEET_TEMPORAL'],
  }),
});

const Gateway = z.strictObject({
  listen: about(hostPort.default('127.0.0.1:7280'), {
    description: 'Where the coordinator serves hosts and CLI',
    env: ['TASKFLEET_GATEWAY_LISTEN'],
  }),
  url: about(url.default('http://127.0.0.1:7280'), {
    description: 'Where hosts and CLI find the coordinator',
    env: ['TASKFLEET_GATEWAY_URL'],
  }),
  token: about(z.string().min(16).optional(), {
    description: 'Shared secret of coordinator, hosts and CLI',
    env: ['TASKFLEET_GATEWAY_TOKEN'],
    secret: true,
    defaultText: 'made once, in <dataDir>/gateway.token',
  }),
});

const Github = z.strictObject({
  token: about(z.string().min(1).optional(), {
    description: 'Token of the account that opens the pull requests; the coordinator alone needs it',
    env: ['TASKFLEET_GITHUB_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN'],
    secret: true,
  }),
  apiUrl: about(url.default('https://api.github.com'), {
    description: 'REST API; `https://HOST/api/v3` for GitHub Enterprise',
    env: ['TASKFLEET_GITHUB_API_URL', 'GITHUB_API_URL'],
  }),
  webUrl: about(url.default('https://github.com'), {
    description: 'Where people look at it; its host is the first part of task ids',
    env: ['TASKFLEET_GITHUB_WEB_URL', 'GITHUB_SERVER_URL'],
  }),
  gitUrl: about(z.string().min(1).optional(), {
    description: 'Base of clone URLs where git lives elsewhere than the web pages',
    env: ['TASKFLEET_GITHUB_GIT_URL'],
    defaultText: 'webUrl',
  }),
});

const Claude = z.strictObject({
  apiKey: about(z.string().min(1).optional(), {
    description: 'Anthropic API key for sessions',
    env: ['ANTHROPIC_API_KEY'],
    secret: true,
  }),
  oauthToken: about(z.string().min(1).optional(), {
    description: "Your own Claude subscription's token, in place of a key; see the vendor's terms in README",
    env: ['CLAUDE_CODE_OAUTH_TOKEN'],
    secret: true,
  }),
  baseUrl: about(url.optional(), { description: 'Messages API in place of Anthropic’s', env: ['ANTHROPIC_BASE_URL'] }),
  executable: about(z.string().min(1).optional(), {
    description: 'The Claude Code binary; the one of the Agent SDK where not set',
    env: ['TASKFLEET_CLAUDE'],
  }),
});

const Host = z.strictObject({
  id: about(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
      .optional(),
    { description: 'Stable name of this host', env: ['TASKFLEET_HOST_ID'], defaultText: 'made once, in <dataDir>' },
  ),
  slots: about(z.int().min(1).max(64).optional(), {
    description: 'Tasks at work at once on this host',
    env: ['TASKFLEET_SLOTS'],
    defaultText: 'one per core, at most 8',
  }),
  specialties: about(z.array(z.string().min(1)).min(1).default(['*']), {
    description: 'Which specialties this host serves, aliases allowed; `*` is all',
    env: ['TASKFLEET_SPECIALTIES'],
  }),
  portBase: about(z.int().min(1024).max(60_000).default(21_000), {
    description: 'First port of the ranges that tasks get',
    env: ['TASKFLEET_PORT_BASE'],
  }),
  isolation: about(z.enum(['auto', 'bubblewrap', 'none']).default('auto'), {
    description: 'PID namespace for sessions and gates: `auto` takes bubblewrap where it works',
    env: ['TASKFLEET_ISOLATION'],
  }),
  passEnv: about(
    z
      .array(z.string().min(1))
      .default([
        'HTTP_PROXY',
        'HTTPS_PROXY',
        'NO_PROXY',
        'http_proxy',
        'https_proxy',
        'no_proxy',
        'NODE_EXTRA_CA_CERTS',
        'SSL_CERT_FILE',
        'SSL_CERT_DIR',
        'CURL_CA_BUNDLE',
        'REQUESTS_CA_BUNDLE',
        'GIT_SSL_CAINFO',
        'npm_config_registry',
        'npm_config_cafile',
        'PIP_INDEX_URL',
        'PIP_CERT',
        'GOPROXY',
        'GONOSUMDB',
        'JAVA_HOME',
        'PYENV_ROOT',
      ]),
    { description: 'Variables of the host that sessions and gates may see', env: ['TASKFLEET_PASS_ENV'] },
  ),
});

const Limits = z.strictObject({
  taskBudgetUsd: about(z.number().positive().max(10_000).default(5), {
    description: 'Most that one task may spend on the model, in dollars',
    env: ['TASKFLEET_TASK_BUDGET_USD'],
  }),
  sessionMaxTurns: about(z.int().min(1).max(10_000).default(200), {
    description: 'Most turns of one session',
    env: ['TASKFLEET_SESSION_MAX_TURNS'],
  }),
  sessionMinutes: about(z.int().min(1).max(1440).default(120), {
    description: 'Longest wall time of one session',
    env: ['TASKFLEET_SESSION_MINUTES'],
  }),
  silenceMinutes: about(z.number().positive().max(600).default(6), {
    description: 'A session that says nothing for so long is ended and resumed',
    env: ['TASKFLEET_SILENCE_MINUTES'],
  }),
  retentionDays: about(z.int().min(1).max(3650).default(30), {
    description: 'How long the embedded Temporal server keeps ended tasks',
    env: ['TASKFLEET_RETENTION_DAYS'],
  }),
});

const SpecialtySetting = z.strictObject({
  aliases: z.array(z.string().min(1)).default([]),
  keywords: z.array(z.string().min(1)).default([]),
  model: z.string().min(1).optional(),
  prompt: z.string().min(1).optional(),
  tools: z.array(z.string().min(1)).optional(),
});

/** Every setting of taskfleet: one declaration for file, environment, documentation and defaults. */
export const Settings = z.strictObject({
  dataDir: about(z.string().min(1).optional(), {
    description: 'Where ledger, mirrors, workspaces and the embedded server keep their data',
    env: ['TASKFLEET_DATA_DIR'],
    defaultText: "the platform's data folder",
  }),
  cacheDir: about(z.string().min(1).optional(), {
    description: 'Where downloaded and built programs are kept',
    env: ['TASKFLEET_CACHE_DIR'],
    defaultText: "the platform's cache folder",
  }),
  logLevel: about(z.enum(['debug', 'info', 'warn', 'error']).default('info'), {
    description: 'How much the processes say',
    env: ['LOG_LEVEL'],
  }),
  model: about(z.string().min(1).default('sonnet'), {
    description: 'Model of every specialty that names none',
    env: ['TASKFLEET_MODEL'],
  }),
  definition: about(z.string().min(1).default('default'), {
    description: 'Definition of tasks that name none',
    env: ['TASKFLEET_DEFINITION'],
  }),
  temporal: Temporal.prefault({}),
  gateway: Gateway.prefault({}),
  github: Github.prefault({}),
  claude: Claude.prefault({}),
  host: Host.prefault({}),
  limits: Limits.prefault({}),
  specialties: about(z.record(z.string().regex(/^[a-z][a-z0-9-]{0,40}$/), SpecialtySetting).default({}), {
    description: 'More specialties, or other models, prompts and words for the five that come along',
  }),
  definitions: about(z.array(Definition).default([]), { description: 'Definitions beside those that come along' }),
  repositories: about(z.record(z.string().min(1), RepoSettings).default({}), {
    description: 'Settings by repository (`owner/name`)',
  }),
});
export type Settings = z.infer<typeof Settings>;
