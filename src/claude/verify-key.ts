import Anthropic, { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import type { ClaudeCredential } from './claude-environment.ts';

const TIMEOUT_MS = 10_000;

export type KeyVerdict =
  | { readonly kind: 'ok' }
  /** Refused: wrong, revoked, or of an account that is on hold. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** Accepted, but there is nothing to pay with. */
  | { readonly kind: 'billing'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Asks the API whether it takes the credential, by the list of models, which costs nothing. Never throws. */
export async function verifyKey(
  options: ClaudeCredential & { readonly baseUrl?: string | undefined; readonly timeoutMs?: number },
): Promise<KeyVerdict> {
  const { apiKey, oauthToken, baseUrl } = options;
  if (apiKey === undefined && oauthToken === undefined) {
    return { kind: 'invalid', reason: 'no key and no token is set' };
  }
  const client = new Anthropic({
    apiKey: apiKey ?? null,
    authToken: apiKey === undefined ? (oauthToken ?? null) : null,
    ...(baseUrl !== undefined && { baseURL: baseUrl }),
    ...(apiKey === undefined && { defaultHeaders: { 'anthropic-beta': 'oauth-2025-04-20' } }),
    maxRetries: 0,
    timeout: options.timeoutMs ?? TIMEOUT_MS,
  });
  try {
    await client.models.list({ limit: 1 });
    return { kind: 'ok' };
  } catch (error) {
    return readRefusal(error);
  }
}

function readRefusal(error: unknown): KeyVerdict {
  if (!(error instanceof APIError) || error instanceof APIConnectionError) {
    return { kind: 'unreachable', reason: causeOf(error) };
  }
  const reason = `the API answered with status ${String(error.status)}`;
  switch (error.status) {
    case 401:
    case 403:
      return { kind: 'invalid', reason };
    case 402:
      return { kind: 'billing', reason };
    // limits and a missing list say nothing against the credential
    case 404:
    case 429:
      return { kind: 'ok' };
    default:
      return { kind: error.type === 'billing_error' ? 'billing' : 'unreachable', reason };
  }
}

/** The reason below the client's own "Connection error.". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
