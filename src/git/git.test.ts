import { describe, expect, it } from '@jest/globals';
import { gitEnvironment } from './git-environment.ts';
import { createGit } from './git.ts';
import { promptly } from '../../test/support/promptly.ts';

const env = { PATH: process.env['PATH'] ?? '' };

describe('gitEnvironment', () => {
  it('passes proxies and certificates, and none of git’s own variables', () => {
    const host = { HTTPS_PROXY: 'http://p', GIT_SSL_CAINFO: '/ca', GIT_SSH_COMMAND: 'evil', GIT_DIR: '/evil' };

    const built = gitEnvironment(host, {});

    expect(built).toMatchObject({ HTTPS_PROXY: 'http://p', GIT_SSL_CAINFO: '/ca', GIT_CONFIG_GLOBAL: '/dev/null' });
    expect(built).not.toHaveProperty('GIT_SSH_COMMAND');
    expect(built).not.toHaveProperty('GIT_DIR');
  });
});

describe('git', () => {
  it('sees our settings and none of the user’s', async () => {
    const listed = await createGit({ env }).run(['config', '--list', '--show-scope'], {
      headers: { authorization: 'bearer x' },
    });

    const lines = listed.toString().trim().split('\n');
    expect(lines).toContain('command\tcore.hookspath=/dev/null');
    expect(lines).toContain('command\thttp.extraheader=authorization: bearer x');
    expect(lines.every((line) => line.startsWith('command\t'))).toBe(true);
  });

  it.each(['EDITOR', 'VISUAL', 'PAGER', 'SSH_ASKPASS'])('runs where npm or a shell has set %s', async (name) => {
    const version = createGit({ env: { ...env, [name]: 'vi' } }).run(['--version']);

    await expect(version).resolves.toEqual(expect.any(Buffer));
  });

  it('ends within two seconds when aborted', async () => {
    const stop = new AbortController();
    const began = Date.now();
    setTimeout(() => stop.abort(new Error('stopped')), 100);

    const running = createGit({ env }).run(['hash-object', '--stdin'], { signal: stop.signal });

    await expect(running).rejects.toThrow('stopped');
    expect(Date.now() - began).toBeLessThan(promptly(2_100));
  });

  it('refuses an empty input, for which git would wait for ever', async () => {
    await expect(createGit({ env }).run(['hash-object', '--stdin'], { stdin: '' })).rejects.toThrow(RangeError);
  });
});
