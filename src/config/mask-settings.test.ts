import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadSettings } from './load-settings.ts';
import { maskSettings } from './mask-settings.ts';
import { listSettings } from './setting-list.ts';

describe('maskSettings', () => {
  it('never lets a secret through, whatever it is', () => {
    const secrets = listSettings().filter((setting) => setting.meta.secret);
    const secret = fc
      .string({ minLength: 16, maxLength: 60, unit: 'grapheme-ascii' })
      .filter((text) => text.trim() === text);

    fc.assert(
      fc.property(fc.tuple(...secrets.map(() => secret)), (values) => {
        const env = Object.fromEntries(secrets.map((setting, index) => [setting.meta.env?.[0] ?? '', values[index]]));
        const shown = JSON.stringify(maskSettings(loadSettings({ env, cwd: '/nonexistent' })));
        for (const value of values) expect(shown).not.toContain(JSON.stringify(value).slice(1, -1));
      }),
    );
    expect(secrets.length).toBeGreaterThanOrEqual(5);
  });

  it('shows the end of a long secret and nothing of a short one', () => {
    const settings = loadSettings({
      env: { GITHUB_TOKEN: 'ghp_abcdefgh1234', ANTHROPIC_API_KEY: 'short' },
      cwd: '/nonexistent',
    });

    const masked = maskSettings(settings) as { github: { token: string }; claude: { apiKey: string } };

    expect(masked.github.token).toBe('***1234');
    expect(masked.claude.apiKey).toBe('***');
  });

  it('masks the environment of repositories and passwords in addresses', () => {
    const settings = loadSettings({
      env: { TASKFLEET_GITHUB_GIT_URL: 'https://me:hunter2@git.example' },
      cwd: '/nonexistent',
    });
    const repositories = {
      'o/r': {
        env: { TOKEN: 'very-secret-value' },
        services: [],
        ports: 10,
        gateTimeoutSeconds: 900,
        exclude: [],
        baseRed: 'accept' as const,
      },
    };

    const shown = JSON.stringify(maskSettings({ ...settings, repositories }));

    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain('very-secret-value');
  });
});
