import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { allowedEnvironment } from './allowed-environment.ts';

const request = { host: {}, passEnv: [], home: '/private/home', tmp: '/private/tmp' };

describe('allowedEnvironment', () => {
  it('takes the path and the language of the host and leaves everything else behind', () => {
    const host = {
      PATH: '/bin',
      LC_ALL: 'C.UTF-8',
      LANG: 'de',
      TZ: 'UTC',
      HOME: '/root',
      EDITOR: 'vi',
      LD_PRELOAD: 'x',
    };

    const environment = allowedEnvironment({ ...request, host });

    expect(environment).toMatchObject({ LC_ALL: 'C.UTF-8', LANG: 'de', TZ: 'UTC', HOME: '/private/home' });
    expect(environment['PATH']).toBe('/bin:/private/home/.cache/tools/bin');
    expect(environment).toMatchObject({ TMPDIR: '/private/tmp', TERM: 'dumb', CI: 'true', NO_COLOR: '1' });
    expect(Object.keys(environment)).not.toContain('EDITOR');
    expect(Object.keys(environment)).not.toContain('LD_PRELOAD');
  });

  it.each(['GITHUB_TOKEN', 'ANTHROPIC_API_KEY', 'DB_PASSWORD', 'clientSecret', 'TASKFLEET_GATEWAY_URL', 'CLAUDE_X'])(
    'never passes %s, even when it is asked to',
    (name) => {
      const environment = allowedEnvironment({ ...request, host: { [name]: 'canary' }, passEnv: [name] });

      expect(JSON.stringify(environment)).not.toContain('canary');
    },
  );

  it('passes the names that it is told to, such as those of a proxy', () => {
    const host = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'localhost' };

    const environment = allowedEnvironment({ ...request, host, passEnv: ['HTTPS_PROXY', 'https_proxy'] });

    expect(environment['HTTPS_PROXY']).toBe('http://proxy:3128');
    expect(environment).not.toHaveProperty('NO_PROXY');
    expect(environment).not.toHaveProperty('https_proxy');
  });

  it('lets the settings of the repository win, and name secrets of its tests', () => {
    const repository = { TEST_API_TOKEN: 'for tests', CI: '', PORT: '9' };

    const environment = allowedEnvironment({ ...request, repository, portBase: 21_010 });

    expect(environment).toMatchObject({ ...repository, TASKFLEET_PORT_BASE: '21010' });
  });

  it('points package managers to a shared cache where there is one', () => {
    const environment = allowedEnvironment({ ...request, cache: '/cache', repository: { GOCACHE: '/own' } });

    expect(environment).toMatchObject({ npm_config_cache: '/cache/npm', PIP_CACHE_DIR: '/cache/pip', GOCACHE: '/own' });
    expect(environment['PATH']).toMatch(/:\/cache\/tools\/bin$/);
    expect(allowedEnvironment(request)).not.toHaveProperty('npm_config_cache');
  });

  it('points to the toolchains below the real home that exist there', () => {
    const home = mkdtempSync(join(tmpdir(), 'home-'));
    mkdirSync(join(home, '.rustup'));

    const environment = allowedEnvironment({ ...request, host: { HOME: home } });

    expect(environment['RUSTUP_HOME']).toBe(join(home, '.rustup'));
    expect(environment).not.toHaveProperty('PYENV_ROOT');
  });
});
