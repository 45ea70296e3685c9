/** How sessions are paid for: a key, or the person's own subscription. */
export interface ClaudeCredential {
  readonly apiKey?: string | undefined;
  readonly oauthToken?: string | undefined;
}

export interface ClaudeEnvironmentOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly claudeDir: string;
  readonly tmpDir: string;
  readonly credential: ClaudeCredential;
  readonly baseUrl?: string | undefined;
  /** How often Claude Code itself tries a request again before it gives up. */
  readonly maxRetries: number;
}

/**
 * The environment of the Claude Code process: the caller's allow-listed one, the model credential, and what keeps
 * Claude Code to its workspace. Ours win over the caller's.
 *
 * CLAUDE_CODE_SUBPROCESS_ENV_SCRUB is off on purpose: it overrides the permission mode, and its bubblewrap mounts
 * stand-ins for dotfiles into the workspace, which stay behind as empty files such as `.env` and would be committed.
 */
export function buildClaudeEnvironment(options: ClaudeEnvironmentOptions): Record<string, string> {
  const { apiKey, oauthToken } = options.credential;
  return {
    ...options.env,
    CLAUDE_CONFIG_DIR: options.claudeDir,
    CLAUDE_CODE_TMPDIR: options.tmpDir,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_CRON: '1',
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    CLAUDE_CODE_SUBPROCESS_ENV_SCRUB: '0',
    CLAUDE_CODE_STARTUP_FAILURE_RESULTS: '1',
    CLAUDE_CODE_MAX_RETRIES: String(options.maxRetries),
    GIT_OPTIONAL_LOCKS: '0',
    ...(apiKey !== undefined && { ANTHROPIC_API_KEY: apiKey }),
    ...(apiKey === undefined && oauthToken !== undefined && { CLAUDE_CODE_OAUTH_TOKEN: oauthToken }),
    ...(options.baseUrl !== undefined && { ANTHROPIC_BASE_URL: options.baseUrl }),
  };
}
