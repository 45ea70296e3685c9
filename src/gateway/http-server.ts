import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { isAuthorised } from './bearer.ts';
import { limitBody, tooLarge } from './limit-body.ts';
import { RequestRefused, toProblem } from './problem.ts';
import type { Answer, GatewayRequest, Route } from './route.ts';

export interface HttpServerOptions {
  /** `host:port`; port 0 takes any. */
  readonly listen: string;
  readonly token: string;
  readonly routes: readonly Route[];
  /** Hears of what a route threw that is nobody's mistake but ours. */
  readonly onError?: ((error: unknown, request: string) => void) | undefined;
}

/** Serves the routes; the only place that knows the HTTP library. Throws TypedError ConfigError for a taken port. */
export async function openHttpServer(options: HttpServerOptions): Promise<{ url: string; close(): Promise<void> }> {
  const closing = new AbortController();
  const server = Fastify({
    logger: false,
    // a follower would hold up the end for ever
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 2000 },
    requestTimeout: 0,
    bodyLimit: Number.MAX_SAFE_INTEGER,
  });
  // routes read their own bodies: nothing is parsed, or held in memory, before the token was seen
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  const open = new Set(options.routes.filter((route) => route.open).map((route) => route.path));
  server.addHook('onRequest', async (request, reply) => {
    if (open.has(request.routeOptions.url ?? '')) return;
    if (isAuthorised(request.headers.authorization, options.token)) return;
    void reply.header('www-authenticate', 'Bearer');
    throw new RequestRefused(401, FailureType.AccessDenied, {
      detail: 'The token is missing or wrong.',
      hint: "Set 'gateway.token' (TASKFLEET_GATEWAY_TOKEN) to the coordinator's.",
    });
  });
  server.setNotFoundHandler(() => {
    throw new RequestRefused(404, FailureType.BadInput, { detail: 'There is no such route.' });
  });
  server.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    if (problem.failure === FailureType.Unexpected) options.onError?.(error, `${request.method} ${request.url}`);
    // what is left of a body that was refused is not read: the connection cannot be used again
    if (!request.raw.complete) void reply.header('connection', 'close');
    return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  });
  for (const route of options.routes) addRoute(server, { route, closing: closing.signal });

  const { host, port } = splitAddress(options.listen);
  const url = await server.listen({ host, port }).catch((error: unknown) => {
    throw new TypedError(FailureType.ConfigError, `The gateway cannot listen on ${options.listen}: ${String(error)}`, {
      hint: "Stop what uses the port, or set 'gateway.listen' and 'gateway.url' to another one.",
      cause: error,
    });
  });
  return {
    url,
    async close() {
      closing.abort();
      await server.close();
    },
  };
}

function addRoute(server: FastifyInstance, { route, closing }: { route: Route; closing: AbortSignal }): void {
  const { method, path: url } = route;
  const bodyLimit = route.bodyLimit ?? 0;
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit) throw tooLarge(bodyLimit);
    const left = new AbortController();
    reply.raw.once('close', () => left.abort());
    const answer = await route.handle({
      method,
      params: request.params as GatewayRequest['params'],
      query: request.query,
      headers: request.headers,
      body: request.body instanceof Readable ? limitBody(request.body, bodyLimit) : Readable.from([]),
      signal: AbortSignal.any([left.signal, closing]),
    });
    return send(reply, answer);
  };
  // without HEAD twins: each would run the route for nothing
  server.route({ method, url, exposeHeadRoute: false, handler });
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  void reply.code(answer.status ?? 200);
  if ('stream' in answer) return reply.headers(answer.headers).send(answer.stream);
  return reply.type('application/json').send(JSON.stringify(answer.json));
}

function splitAddress(listen: string): { host: string; port: number } {
  const colon = listen.lastIndexOf(':');
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(listen.slice(colon + 1)) };
}
