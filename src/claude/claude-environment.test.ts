import { describe, expect, it } from '@jest/globals';
import { buildClaudeEnvironment } from './claude-environment.ts';

const options = { env: { PATH: '/bin' }, claudeDir: '/claude', tmpDir: '/tmp/x', credential: {}, maxRetries: 4 };

describe('buildClaudeEnvironment', () => {
  it('adds what keeps Claude Code to its workspace, and nothing of this process', () => {
    const environment = buildClaudeEnvironment(options);

    expect(environment).toMatchObject({ PATH: '/bin', CLAUDE_CONFIG_DIR: '/claude', DISABLE_AUTOUPDATER: '1' });
    expect(environment).not.toHaveProperty('HOME');
  });

  it('does not let a repository set what is ours', () => {
    const env = { CLAUDE_CONFIG_DIR: '/evil', CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '0' };

    const environment = buildClaudeEnvironment({ ...options, env });

    expect(environment).toMatchObject({ CLAUDE_CONFIG_DIR: '/claude', CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1' });
  });

  it('hands over one credential: the key where there are both', () => {
    const environment = buildClaudeEnvironment({ ...options, credential: { apiKey: 'k', oauthToken: 't' } });

    expect(environment).toMatchObject({ ANTHROPIC_API_KEY: 'k' });
    expect(environment).not.toHaveProperty('CLAUDE_CODE_OAUTH_TOKEN');
  });
});
