import { z } from 'zod';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

/** An answer of GitHub's that is no success, as its client library throws it. */
const HttpError = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ headers: z.record(z.string(), z.unknown()), data: z.unknown() }).optional(),
});

/** Not there (or hidden), gone, and taken away for legal reasons. */
const MEANS_NOT_FOUND = [404, 410, 451];
const SECONDARY_WAIT_MS = 60_000;

/** GitHub's answer, as far as it tells what went wrong. */
interface Answer {
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Record<string, string>;
  readonly message: string;
  readonly reasons: readonly string[];
}

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
  const answer = failed.timedOut ? undefined : readAnswer(error);
  if (!answer) return networkError(error, failed);
  const { status, message } = answer;
  const waitMs = rateLimitWait(answer, failed.now ?? Date.now());
  if (waitMs !== undefined) return rateLimited(waitMs);
  if (status === 401) return badToken(message);
  if (status === 403) return accessDenied(answer, failed.route);
  if (MEANS_NOT_FOUND.includes(status)) return notFound(failed.route, message);
  return new TypedError(FailureType.ForgeFailed, `GitHub answered ${failed.route} with ${status}: ${describe(answer)}`);
}

/** What GitHub answered; undefined where no answer came. */
function readAnswer(error: unknown): Answer | undefined {
  const parsed = HttpError.safeParse(error);
  if (!parsed.success || !parsed.data.response) return undefined;
  const { status, response, message } = parsed.data;
  const said = messageOf(response.data);
  return {
    status,
    headers: lowerCased(response.headers),
    message: said ?? message,
    reasons: said ? reasonsOf(response.data) : [],
  };
}

function rateLimited(waitMs: number): TypedError {
  return new TypedError(
    FailureType.RateLimited,
    `GitHub's rate limit is reached: it takes requests again in ${Math.ceil(waitMs / 1000)} s.`,
    { retryAfterMs: waitMs },
  );
}

function badToken(message: string): TypedError {
  return new TypedError(FailureType.AccessDenied, `GitHub does not accept the token (${message}).`, {
    hint: 'It may have expired or been revoked: make a new one and set GITHUB_TOKEN.',
  });
}

function notFound(route: string, message: string): TypedError {
  return new TypedError(FailureType.RepositoryNotFound, `GitHub knows nothing at ${route} (${message}).`, {
    hint: 'Check owner and name; for a private repository the token must be allowed to see it.',
  });
}

function networkError(error: unknown, failed: Failed): TypedError {
  const reason = failed.timedOut ? 'no answer in time' : rootMessage(error);
  return new TypedError(FailureType.Network, `GitHub cannot be reached for ${failed.route}: ${reason}`, {
    cause: error,
  });
}

function accessDenied(denied: Answer, route: string): TypedError {
  if (/archived/i.test(denied.message)) {
    return new TypedError(FailureType.AccessDenied, 'The repository is archived, so nothing can be written to it.', {
      hint: 'Unarchive it in its settings.',
    });
  }
  const sso = denied.headers['x-github-sso']?.match(/url=(\S+)/)?.[1];
  const hint = sso ? `Authorise the token for the organisation: ${sso}` : missingRight(denied.headers);
  return new TypedError(FailureType.AccessDenied, `The token may not do ${route} (${denied.message}).`, {
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

function rateLimitWait(answer: Answer, now: number): number | undefined {
  if (answer.status !== 403 && answer.status !== 429) return undefined;
  const retryAfter = Number(answer.headers['retry-after']);
  if (Number.isFinite(retryAfter) && retryAfter >= 0) return Math.max(1_000, retryAfter * 1000);
  const reset = Number(answer.headers['x-ratelimit-reset']);
  if (answer.headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset)) {
    // a second on top: GitHub's clock and ours differ
    return Math.max(1_000, reset * 1000 - now + 1_000);
  }
  if (answer.status === 429 || /rate limit|abuse detection/i.test(answer.message)) return SECONDARY_WAIT_MS;
  return undefined;
}

function messageOf(data: unknown): string | undefined {
  return z.object({ message: z.string() }).safeParse(data).data?.message;
}

function describe({ message, reasons }: Answer): string {
  return reasons.length === 0 ? message : `${message}: ${reasons.join('; ')}`;
}

/** What GitHub lists under its message. */
function reasonsOf(data: unknown): string[] {
  const errors = z.object({ errors: z.array(z.unknown()) }).safeParse(data).data?.errors ?? [];
  return errors.map((one) => messageOf(one) ?? (typeof one === 'string' ? one : JSON.stringify(one)));
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
