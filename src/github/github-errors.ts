import { z } from 'zod';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

/** An answer of GitHub's that is no success, as its client library throws it. */
const HttpError = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ headers: z.record(z.string(), z.unknown()), data: z.unknown() }).optional(),
});

const SECONDARY_WAIT_MS = 60_000;

interface Failed {
  readonly route: string;
  readonly timedOut?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

/**
 * Says what a failed call means and what mends it. The only place that reads GitHub's errors.
 * A 404 is RepositoryNotFound here: who asked for an issue asks again for its repository and knows better.
 */
export function mapGithubError(error: unknown, failed: Failed): TypedError {
  if (error instanceof TypedError) return error;
  const parsed = HttpError.safeParse(error);
  if (failed.timedOut || !parsed.success || !parsed.data.response) return networkError(error, failed);
  const { status, response } = parsed.data;
  const headers = lowerCased(response.headers);
  const message = messageOf(response.data) ?? parsed.data.message;

  const waitMs = rateLimitWait({ status, headers, message, now: failed.now ?? Date.now() });
  if (waitMs !== undefined) {
    return new TypedError(
      FailureType.RateLimited,
      `GitHub's rate limit is reached: it takes requests again in ${Math.ceil(waitMs / 1000)} s.`,
      { retryAfterMs: waitMs },
    );
  }
  if (status === 401) {
    return new TypedError(FailureType.AccessDenied, `GitHub does not accept the token (${message}).`, {
      hint: 'It may have expired or been revoked: make a new one and set GITHUB_TOKEN.',
    });
  }
  if (status === 403) return accessDenied({ headers, message, route: failed.route });
  if (status === 404 || status === 410 || status === 451) {
    return new TypedError(FailureType.RepositoryNotFound, `GitHub knows nothing at ${failed.route} (${message}).`, {
      hint: 'Check owner and name; for a private repository the token must be allowed to see it.',
    });
  }
  return new TypedError(
    FailureType.ForgeFailed,
    `GitHub answered ${failed.route} with ${status}: ${describe(response.data) ?? message}`,
  );
}

function networkError(error: unknown, failed: Failed): TypedError {
  const reason = failed.timedOut ? 'no answer in time' : rootMessage(error);
  return new TypedError(FailureType.Network, `GitHub cannot be reached for ${failed.route}: ${reason}`, {
    cause: error,
  });
}

function accessDenied(denied: {
  readonly headers: Record<string, string>;
  readonly message: string;
  readonly route: string;
}): TypedError {
  if (/archived/i.test(denied.message)) {
    return new TypedError(FailureType.AccessDenied, 'The repository is archived, so nothing can be written to it.', {
      hint: 'Unarchive it in its settings.',
    });
  }
  const sso = denied.headers['x-github-sso']?.match(/url=(\S+)/)?.[1];
  const hint = sso ? `Authorise the token for the organisation: ${sso}` : missingRight(denied.headers);
  return new TypedError(FailureType.AccessDenied, `The token may not do ${denied.route} (${denied.message}).`, {
    hint,
  });
}

/** Names the least right that is missing, from the headers of fine-grained tokens and of classic ones. */
function missingRight(headers: Record<string, string>): string {
  const permissions = headers['x-accepted-github-permissions'];
  if (permissions) {
    const choices = permissions
      .split(';')
      .map((one) => one.trim().replaceAll(',', ' and ').replaceAll('=', ': '))
      .join(', or ');
    return `Give the token the permission ${choices}.`;
  }
  const accepted = list(headers['x-accepted-oauth-scopes']);
  const has = list(headers['x-oauth-scopes']);
  if (accepted.length > 0 && !accepted.some((scope) => has.includes(scope))) {
    return `Give the token the scope ${accepted.join(' or ')}; it has ${has.join(', ') || 'none'}.`;
  }
  return 'The account of the token needs the right to write to this repository.';
}

function rateLimitWait(answer: {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly message: string;
  readonly now: number;
}): number | undefined {
  if (answer.status !== 403 && answer.status !== 429) return undefined;
  const retryAfter = Number(answer.headers['retry-after']);
  if (Number.isFinite(retryAfter) && retryAfter >= 0) return Math.max(1_000, retryAfter * 1000);
  const reset = Number(answer.headers['x-ratelimit-reset']);
  if (answer.headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset)) {
    // a second on top: GitHub's clock and ours differ
    return Math.max(1_000, reset * 1000 - answer.now + 1_000);
  }
  if (answer.status === 429 || /rate limit|abuse detection/i.test(answer.message)) return SECONDARY_WAIT_MS;
  return undefined;
}

function messageOf(data: unknown): string | undefined {
  return z.object({ message: z.string() }).safeParse(data).data?.message;
}

/** Message and the reasons that GitHub lists under it. */
function describe(data: unknown): string | undefined {
  const message = messageOf(data);
  const errors = z.object({ errors: z.array(z.unknown()) }).safeParse(data).data?.errors ?? [];
  if (!message || errors.length === 0) return message;
  const reasons = errors.map((one) => messageOf(one) ?? (typeof one === 'string' ? one : JSON.stringify(one)));
  return `${message}: ${reasons.join('; ')}`;
}

function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}

function lowerCased(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function list(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
