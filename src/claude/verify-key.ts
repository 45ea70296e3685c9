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
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
    return { kind: 'unreachable', reason: cause ?? (error instanceof Error ? error.message : String(error)) };
  }
  const reason = `the API answered with status ${String(error.status)}`;
  if (error.status === 401 || error.status === 403) return { kind: 'invalid', reason };
  if (error.status === 402 || error.type === 'billing_error') return { kind: 'billing', reason };
  // limits and a missing list say nothing against the credential
  if (error.status === 429 || error.status === 404) return { kind: 'ok' };
  return { kind: 'unreachable', reason };
}
