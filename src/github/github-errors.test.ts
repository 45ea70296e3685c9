import { describe, expect, it } from '@jest/globals';
import { FailureType } from '../domain/failure-type.ts';
import type { TypedError } from '../domain/typed-error.ts';
import { createGithub } from './client.ts';
import { createGithubForge } from './github-forge.ts';
import type { Forge } from '../forge/forge.ts';

const repo = { owner: 'o', name: 'n' };

interface Canned {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** A forge whose answers come from a function of the request. */
function forgeAnswering(answer: (request: { method: string; path: string }) => Canned): {
  forge: Forge;
  seen: string[];
} {
  const seen: string[] = [];
  const fetch = async (input: unknown, init?: { method?: string }): Promise<Response> => {
    const path = new URL(String(input)).pathname;
    seen.push(`${init?.method ?? 'GET'} ${path}`);
    const canned = answer({ method: init?.method ?? 'GET', path });
    return new Response(JSON.stringify(canned.body ?? {}), {
      status: canned.status,
      headers: { 'content-type': 'application/json', ...canned.headers },
    });
  };
  const client = createGithub({
    token: 'ghp_secret',
    apiUrl: 'https://github.example/api/v3',
    userAgent: 'test',
    fetch: fetch,
  });
  return { forge: createGithubForge(client), seen };
}

async function failureOf(canned: Canned): Promise<TypedError> {
  const { forge } = forgeAnswering(() => canned);
  return forge.readRepository(repo).then(
    () => Promise.reject(new Error('it did not fail')),
    (error: TypedError) => error,
  );
}

describe('what a failed call to GitHub means', () => {
  it('takes the wait of a primary limit from its reset time', async () => {
    const reset = Math.floor(Date.now() / 1000) + 90;

    const error = await failureOf({
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
      body: { message: 'API rate limit exceeded' },
    });

    expect(error.type).toBe(FailureType.RateLimited);
    expect(error.retryAfterMs).toBeGreaterThan(80_000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(92_000);
  });

  it.each([
    ['a Retry-After', { status: 429, headers: { 'retry-after': '7' } }, 7_000],
    [
      'a secondary limit without a time',
      { status: 403, body: { message: 'You have exceeded a secondary rate limit' } },
      60_000,
    ],
    ['a bare 429', { status: 429 }, 60_000],
  ])('waits for %s', async (_name, canned, retryAfterMs) => {
    const error = await failureOf(canned);

    expect(error).toMatchObject({ type: FailureType.RateLimited, retryAfterMs });
  });

  it.each([
    [401, {}, 'Bad credentials', 'make a new one'],
    [403, { 'x-accepted-github-permissions': 'contents=write,issues=read' }, 'no', 'contents: write and issues: read'],
    [403, { 'x-accepted-oauth-scopes': 'repo', 'x-oauth-scopes': 'gist' }, 'no', 'the scope repo; it has gist'],
    [403, { 'x-github-sso': 'required; url=https://github.example/sso' }, 'SAML', 'https://github.example/sso'],
    [403, {}, 'Repository was archived so is read-only.', 'Unarchive'],
  ])('says for %i with %j what mends it', async (status, headers, message, hint) => {
    const error = await failureOf({ status, headers: headers, body: { message } });

    expect(error.type).toBe(FailureType.AccessDenied);
    expect(error.hint).toContain(hint);
  });

  it('retries what GitHub itself failed at', async () => {
    const error = await failureOf({ status: 502, body: { message: 'Server Error' } });

    expect(error).toMatchObject({ type: FailureType.ForgeFailed, message: expect.stringContaining('502') });
  });

  it('calls an unreachable API a network failure, without the token in it', async () => {
    const client = createGithub({
      token: 'ghp_secret',
      apiUrl: 'http://127.0.0.1:9/api/v3',
      userAgent: 'test',
    });

    const error = await createGithubForge(client)
      .readRepository(repo)
      .catch((thrown: TypedError) => thrown);

    expect(error).toMatchObject({ type: FailureType.Network });
    expect(JSON.stringify(error)).not.toContain('ghp_secret');
  });

  it('gives up on an answer that does not come', async () => {
    const client = createGithub({
      token: 't',
      apiUrl: 'https://github.example',
      userAgent: 'test',
      timeoutMs: 30,
      fetch: (_input, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
        }),
    });

    await expect(createGithubForge(client).readRepository(repo)).rejects.toMatchObject({
      type: FailureType.Network,
      message: expect.stringContaining('no answer in time'),
    });
  });

  it('refuses an answer that is none of GitHub’s', async () => {
    const error = await failureOf({ status: 200, body: { hello: 'world' } });

    expect(error).toMatchObject({ type: FailureType.ForgeFailed, hint: expect.stringContaining('apiUrl') });
  });

  it('finds the pull request whose answer was lost instead of opening a second one', async () => {
    const pull = {
      number: 5,
      html_url: 'https://github.example/o/n/pull/5',
      state: 'open',
      title: 't',
      body: 'b',
      head: { ref: 'claude/issue-1-1', sha: 'abc', repo: { full_name: 'o/n' } },
      base: { ref: 'main', repo: { full_name: 'o/n' } },
    };
    const { forge, seen } = forgeAnswering(({ method }) =>
      method === 'POST' ? { status: 502 } : { status: 200, body: [pull] },
    );

    const opened = await forge.openPullRequest({ repo, head: 'claude/issue-1-1', base: 'main', title: 't', body: 'b' });

    expect(opened.number).toBe(5);
    expect(seen.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it('does not take a fork’s branch of the same name for ours', async () => {
    const pull = {
      number: 6,
      html_url: 'u',
      state: 'open',
      title: 't',
      head: { ref: 'claude/issue-1-1', sha: 'abc', repo: { full_name: 'evil/n' } },
      base: { ref: 'main', repo: { full_name: 'o/n' } },
    };
    const { forge } = forgeAnswering(() => ({ status: 200, body: [pull] }));

    expect(await forge.findPullRequest({ repo, head: 'claude/issue-1-1' })).toBeUndefined();
  });
});
