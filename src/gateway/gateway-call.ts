import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../contract/gateway-api.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

/** Where the gateway is and how it is spoken to. */
export interface GatewayAddress {
  readonly url: string;
  readonly token: string;
}

export interface Call {
  readonly method?: 'GET' | 'PUT' | 'POST';
  /** From `/v1/` on, its parts encoded. */
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** How long the whole call may take. Default 30 s; null for no limit. */
  readonly timeoutMs?: number | null;
  /** A status that is an answer here, not a failure. */
  readonly alsoOk?: number;
}

const RETRY_MS = [250, 1_000];

/**
 * Calls the gateway. Throws TypedError Network when it cannot be reached, and what the gateway refused under the
 * gateway's own failure type.
 */
export async function callGateway(gateway: GatewayAddress, call: Call): Promise<Response> {
  const { method = 'GET', path, body, headers = {}, timeoutMs = 30_000 } = call;
  const signals = [call.signal, timeoutMs === null ? undefined : AbortSignal.timeout(timeoutMs)];
  let response: Response;
  try {
    response = await fetch(`${gateway.url.replace(/\/+$/, '')}${path}`, {
      method,
      redirect: 'error',
      headers: { ...headers, authorization: `Bearer ${gateway.token}` },
      ...(body !== undefined && { body }),
      signal: AbortSignal.any(signals.filter((one) => one !== undefined)),
    });
  } catch (error) {
    call.signal?.throwIfAborted();
    throw unreachable(gateway, error);
  }
  if (response.ok || response.status === call.alsoOk) return response;
  throw await toFailure(response);
}

/** The same for calls that do the same when they are repeated: tries three times where the network fails. */
export async function callRepeatedly<T>(work: () => Promise<T>): Promise<T> {
  for (const waitMs of RETRY_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isNetwork(error)) throw error;
      await sleep(waitMs);
    }
  }
  return work();
}

/** Whether another try may help as nothing was refused. */
export function isNetwork(error: unknown): boolean {
  return error instanceof TypedError && error.type === FailureType.Network;
}

/** The failure for a gateway that does not answer, or broke off while it did. */
export function unreachable(gateway: GatewayAddress, cause: unknown): TypedError {
  return new TypedError(FailureType.Network, `The gateway at ${gateway.url} does not answer (${reasonOf(cause)}).`, {
    hint: "Check the setting 'gateway.url', and that `taskfleet up` or `taskfleet coordinator` is running.",
    cause,
  });
}

/** Fetch hides the system's reason in the cause. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && error.cause) return reasonOf(error.cause);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'message' in error ? String(error.message) : 'no reason given';
}

async function toFailure(response: Response): Promise<TypedError> {
  const text = await response.text().catch(() => '');
  const problem = parseProblem(text);
  if (!problem) {
    return new TypedError(FailureType.Network, `Something that is no gateway answered with ${response.status}.`, {
      hint: "Check the setting 'gateway.url', and whether a proxy stands in between (NO_PROXY).",
    });
  }
  const mistakes = problem.problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const type = Object.values(FailureType).find((one) => one === problem.failure) ?? FailureType.Unexpected;
  return new TypedError(type, [problem.detail, ...mistakes].join('\n'), problem.hint ? { hint: problem.hint } : {});
}

function parseProblem(text: string): Problem | undefined {
  try {
    return Problem.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
