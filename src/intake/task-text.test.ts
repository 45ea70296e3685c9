import { describe, expect, it } from '@jest/globals';
import { gitHeaders } from './forge-credentials.ts';
import { findRepoSettings } from './repo-settings-for.ts';
import { parseRepoAddress } from './repo-address.ts';
import { RepoSettings } from '../contract/repo-settings.ts';
import { briefOfIssue, shortenTitle, titleOfPrompt } from './task-text.ts';

describe('the texts of a task', () => {
  it('make a hostile title one harmless line', () => {
    const title = shortenTitle('Fix\r\n\u001b[31m $(rm -rf /)\u202e \u0000x');

    expect(title).toBe('Fix [31m $(rm -rf /) x');
  });

  it('shorten by characters and name what is empty', () => {
    expect([...shortenTitle('é😀'.repeat(200))]).toHaveLength(120);
    expect(shortenTitle(' \u200b ')).toBe('Untitled task');
    expect(titleOfPrompt('\n\n  Add a test\nfor it')).toBe('Add a test');
  });

  it('keep the whole title of an issue for the session, and a short one for lists', () => {
    const title = `${'long '.repeat(40)}end`;

    const brief = briefOfIssue({ number: 1, title, body: 'b', url: 'u', labels: [], comments: [], commentsLeftOut: 0 });

    expect(brief.title).toBe(title);
    expect(shortenTitle(title)).toHaveLength(120);
  });

  it('leave out our own comments and the oldest of too many', () => {
    const comment = (index: number): { author: string; body: string } => ({
      author: 'a',
      body: `${index} ${'x'.repeat(9_990)}`,
    });
    const comments = [
      ...Array.from({ length: 30 }, (_, index) => comment(index)),
      { author: 'fleet', body: 's <!-- taskfleet:t -->' },
    ];

    const brief = briefOfIssue({
      number: 1,
      title: 't',
      body: 'b',
      url: 'u',
      labels: [],
      comments,
      commentsLeftOut: 0,
    });

    expect(brief.comments.length).toBeLessThan(15);
    expect(brief.comments.at(-1)?.body).toMatch(/^29 /);
  });
});

describe('credentials for git', () => {
  const forge = { webUrl: 'https://github.com', token: 'secret' };

  it('go to the forge’s own git host', () => {
    const header = gitHeaders('https://github.com/o/n.git', forge);

    expect(Buffer.from(header['Authorization']?.slice('Basic '.length) ?? '', 'base64').toString()).toBe(
      'x-access-token:secret',
    );
  });

  it.each([
    'https://evil.example/o/n.git',
    'http://github.com/o/n.git',
    'git@github.com:o/n.git',
    '/srv/x',
    'https://github.com:444/o/n',
  ])('never go to %s', (url) => {
    expect(gitHeaders(url, forge)).toEqual({});
  });
});

describe('settings by repository', () => {
  it('are found whatever the case', () => {
    const settings = { 'Owner/NAME': RepoSettings.parse({ base: 'develop' }) };
    const address = parseRepoAddress('owner/name', { webUrl: 'https://github.com' });

    expect(findRepoSettings(settings, address).base).toBe('develop');
    expect(findRepoSettings({}, address)).toEqual(RepoSettings.parse({}));
  });
});
