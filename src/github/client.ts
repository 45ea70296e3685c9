import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { mapGithubError } from './github-errors.ts';
import { createWriteGate } from './write-gate.ts';

export interface GithubOptions {
  readonly token: string;
  /** `https://api.github.com`, or `https://HOST/api/v3` of GitHub Enterprise. */
  readonly apiUrl: string;
  readonly userAgent: string;
  /** How long one request may take, milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Least time between two writes, milliseconds: GitHub's advice against its secondary limits. Default 1,000 on github.com. */
  readonly writeGapMs?: number;
  readonly fetch?: typeof globalThis.fetch;
}

export interface GithubRequest<T> {
  /** As GitHub's documentation writes it: `GET /repos/{owner}/{repo}`. */
  readonly route: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Only the fields that are used. */
  readonly answer: z.ZodType<T>;
  readonly signal?: AbortSignal | undefined;
}

export interface GithubAnswer<T> {
  readonly data: T;
  readonly headers: Readonly<Record<string, string>>;
}

/** One GitHub account's view of the REST API: every answer is checked, every failure a TypedError, nothing is retried. */
export interface GithubClient {
  send<T>(request: GithubRequest<T>): Promise<GithubAnswer<T>>;
  /** Follows the pages until `cap` items; `more` says that there are others. */
  list<T>(request: Omit<GithubRequest<T>, 'answer'> & { readonly item: z.ZodType<T>; readonly cap: number }): Promise<{
    readonly items: T[];
    readonly more: boolean;
  }>;
}

const PER_PAGE = 100;

/** Talks to GitHub: the only place that knows its client library. */
export function createGithub(options: GithubOptions): GithubClient {
  const octokit = new Octokit({
    auth: options.token,
    baseUrl: options.apiUrl.replace(/\/+$/, ''),
    userAgent: options.userAgent,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    request: options.fetch ? { fetch: options.fetch } : {},
  });
  const timeoutMs = options.timeoutMs ?? 30_000;
  const gate = createWriteGate(options.writeGapMs ?? defaultGap(options.apiUrl));

  async function send<T>(request: GithubRequest<T>): Promise<GithubAnswer<T>> {
    const run = (): Promise<GithubAnswer<T>> => sendNow(request);
    return request.route.startsWith('GET ') ? run() : gate(run);
  }

  async function sendNow<T>(request: GithubRequest<T>): Promise<GithubAnswer<T>> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
    const answered = await octokit
      .request(request.route, { ...request.params, request: { signal } })
      .catch((error: unknown) => {
        request.signal?.throwIfAborted();
        throw mapGithubError(error, { route: request.route, timedOut: timeout.aborted });
      });
    const parsed = request.answer.safeParse(answered.data);
    if (!parsed.success) {
      throw new TypedError(
        FailureType.ForgeFailed,
        `GitHub answered ${request.route} with something else than expected: ${z.prettifyError(parsed.error)}`,
        { hint: 'Check that github.apiUrl is the address of a GitHub REST API.' },
      );
    }
    return { data: parsed.data, headers: headersOf(answered.headers) };
  }

  return {
    send,
    async list({ item, cap, ...request }) {
      const items = [];
      for (let page = 1; ; page += 1) {
        const { data, headers } = await send({
          ...request,
          params: { ...request.params, per_page: PER_PAGE, page },
          answer: z.array(item),
        });
        items.push(...data);
        const next = (headers['link'] ?? '').includes('rel="next"');
        if (!next || items.length >= cap) return { items: items.slice(0, cap), more: next || items.length > cap };
      }
    },
  };
}

function headersOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

function defaultGap(apiUrl: string): number {
  return new URL(apiUrl).hostname === 'api.github.com' ? 1_000 : 0;
}

function ignore(): void {
  // the client library must not write to our output: what matters comes back as an error
}
