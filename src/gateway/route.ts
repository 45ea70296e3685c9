import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** One request as a route sees it: nothing of the HTTP library. */
export interface GatewayRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly headers: IncomingHttpHeaders;
  /** Raw and unread; empty for GET. No more than the route's `bodyLimit` comes out of it. */
  readonly body: Readable;
  /** Aborted when the client leaves or the gateway closes. */
  readonly signal: AbortSignal;
}

export type Answer =
  | { readonly status?: number; readonly json: unknown }
  | { readonly status?: number; readonly headers: Readonly<Record<string, string>>; readonly stream: Readable };

export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** With `:name` for a part and `*` for the rest. */
  readonly path: string;
  /** Bytes. Default: no body is taken. */
  readonly bodyLimit?: number;
  /** Answered without the token. */
  readonly open?: true;
  handle(request: GatewayRequest): Promise<Answer>;
}
