import { describe, expect, it } from '@jest/globals';
import { FailureType } from '../domain/failure-type.ts';
import { gitFailure } from './git-failure.ts';

describe('gitFailure', () => {
  it.each([
    ['remote: Repository not found.\nfatal: repository not found', FailureType.RepositoryNotFound],
    [
      "fatal: '/x' does not appear to be a git repository\nfatal: Could not read from remote repository.",
      FailureType.RepositoryNotFound,
    ],
    ['fatal: unable to access x: The requested URL returned error: 404', FailureType.RepositoryNotFound],
    ["fatal: Authentication failed for 'https://x/'", FailureType.AccessDenied],
    ['remote: Permission to o/r.git denied to bot.', FailureType.AccessDenied],
    ["fatal: could not read Username for 'https://x': terminal prompts disabled", FailureType.AccessDenied],
    ['fatal: unable to access: Could not resolve host: x', FailureType.Network],
    ['error: RPC failed; HTTP 502', FailureType.Network],
    ['error: file write error: No space left on device', FailureType.DiskFull],
    [' ! [remote rejected] a -> a (pre-receive hook declined)\nerror: failed to push', FailureType.PushRefused],
    ['fatal: something else', FailureType.GitFailed],
    ['', FailureType.GitFailed],
  ])('takes %j for %s', (stderr, type) => {
    expect(gitFailure(stderr, 'fetch').type).toBe(type);
  });

  it('masks credentials and control characters', () => {
    const failure = gitFailure("fatal: unable to access 'https://me:secret@host/x'\u001b[31m", 'fetch');

    expect(failure.message).not.toMatch(/secret|\u001b/);
  });
});
