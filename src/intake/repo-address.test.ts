import { describe, expect, it } from '@jest/globals';
import { FailureType } from '../domain/failure-type.ts';
import { forgeRepoOfKey, parseRepoAddress } from './repo-address.ts';

const forge = { webUrl: 'https://github.com' };
const parse = (text: string): ReturnType<typeof parseRepoAddress> => parseRepoAddress(text, forge);

describe('parseRepoAddress', () => {
  it.each([
    'Owner/Name',
    'github.com/Owner/Name',
    'GitHub.com/Owner/Name.git',
    'https://github.com/Owner/Name',
    'https://github.com/Owner/Name.git/',
    'ssh://git@github.com/Owner/Name.git',
    'git@github.com:Owner/Name.git',
  ])('takes %s for a repository of the forge', (text) => {
    const address = parse(text);

    expect(address).toEqual({
      kind: 'forge',
      key: 'github.com/owner/name',
      cloneUrl: 'https://github.com/Owner/Name.git',
      forge: { owner: 'Owner', name: 'Name' },
    });
  });

  it.each([
    ['https://gitlab.com/group/sub/project.git', 'gitlab.com/group/sub/project'],
    ['git@example.org:~me/tool.git', 'example.org/_me-'],
    ['http://localhost:3000/a/b', 'localhost-3000/a/b'],
    ['example.org/a/b', 'example.org/a/b'],
  ])('takes %s for another git repository', (text, key) => {
    const address = parse(text);

    expect(address.kind).toBe('git');
    expect(address.key).toContain(key);
  });

  it('names a folder by its base and a digest of its path', () => {
    const address = parse('/srv/repos/My Tool.git/');

    expect(address).toMatchObject({ kind: 'git', cloneUrl: '/srv/repos/My Tool.git' });
    expect(address.key).toMatch(/^local\/my-tool-[0-9a-f]{8}$/);
    expect(parse('file:///srv/repos/My%20Tool.git').key).toBe(address.key);
  });

  it('clones from where git lives', () => {
    const address = parseRepoAddress('a/b', { webUrl: 'http://127.0.0.1:4000', gitUrl: 'http://127.0.0.1:5000/' });

    expect(address).toMatchObject({ key: '127.0.0.1-4000/a/b', cloneUrl: 'http://127.0.0.1:5000/a/b.git' });
  });

  it('finds the forge’s repository behind a key again', () => {
    expect(forgeRepoOfKey(parse('owner/.github').key)).toEqual({ owner: 'owner', name: '.github' });
    expect(forgeRepoOfKey(parse('owner/name').key)).toEqual({ owner: 'owner', name: 'name' });
  });

  it.each([
    '--upload-pack=touch /tmp/x',
    '-o/x',
    'ext::sh -c touch% /tmp/x',
    'fd::17/x',
    'owner/name\n--upload-pack=x',
    'owner/na\u0000me',
    'owner/name\u001b[31m',
    '../../etc/passwd',
    '/srv/../etc',
    'https://github.com/../../x/y',
    'https://example.org/%2e%2e/%2e%2e/x',
    'owner/..',
    'owner',
    'a/b/c/d',
    'ssh://-oProxyCommand=touch/x',
    'git@-oProxyCommand:x/y',
    'https://token@github.com/o/n',
    'https://user:secret@example.org/o/n',
    'https://github.com/o/n?x=1',
    'file://otherhost/x',
    'javascript://x/y',
    'owner/$(touch x)',
    'owner/na`me`',
    ' owner/name',
    '',
  ])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ type: FailureType.BadInput }));
  });

  it('does not repeat a secret that stood in a URL', () => {
    expect(() => parse('https://user:secret@example.org/o/n')).not.toThrow(/secret/);
  });
});
