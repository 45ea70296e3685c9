import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { FailureType } from '../domain/failure-type.ts';
import { tooLarge } from './limit-body.ts';
import { findMirror } from './mirror-path.ts';
import { parseOrRefuse, RequestRefused } from './problem.ts';
import type { Answer, GatewayRequest, Route } from './route.ts';
import { startUploadPack } from './upload-pack.ts';

/** Most that a client may say in one request of a negotiation, unpacked. */
const MAX_NEGOTIATION_BYTES = 16 * 1024 * 1024;
const PATH = /^(?<repoKey>.+)\.git\/(?<service>info\/refs|git-upload-pack|git-receive-pack)$/;
const Query = z.looseObject({ service: z.string().optional() });
const unpack = promisify(gunzip);

/** The mirrors by git's smart HTTP protocol, to read only: all of `<repoKey>.git` under the root. */
export function gitRoutes(gitRoot: string): Route[] {
  const handle = (request: GatewayRequest) => serve(gitRoot, request);
  const path = '/v1/git/*';
  return [
    { method: 'GET', path, handle },
    { method: 'POST', path, bodyLimit: MAX_NEGOTIATION_BYTES, handle },
  ];
}

async function serve(gitRoot: string, request: GatewayRequest): Promise<Answer> {
  const mirror = await findMirror(gitRoot, askedRepository(request));
  if (!mirror) throw unknownMirror();
  // only what we understand: the header becomes a variable of git's environment
  const protocol = /^version=[012]$/.exec(String(request.headers['git-protocol'] ?? ''))?.[0];
  if (request.method === 'GET') return advertise({ mirror, protocol, signal: request.signal });
  const said = await readNegotiation(request);
  const git = startUploadPack({ mirror, flags: [], protocol, signal: request.signal });
  git.stdin.end(said);
  return answer('result', git.stdout);
}

/** The key of the repository; refuses everything but the two requests of a fetch. */
function askedRepository(request: GatewayRequest): string {
  const { repoKey, service } = PATH.exec(request.params['*'] ?? '')?.groups ?? {};
  if (repoKey === undefined) throw unknownMirror();
  const isFirst = service === 'info/refs';
  const asked = isFirst ? parseOrRefuse(Query, request.query, 'query').service : service;
  if (asked !== 'git-upload-pack') throw readOnly();
  if ((request.method === 'GET') !== isFirst) throw unknownMirror();
  return repoKey;
}

function advertise(options: { mirror: string; protocol: string | undefined; signal: AbortSignal }): Answer {
  const git = startUploadPack({ ...options, flags: ['--advertise-refs'] });
  git.stdin.end();
  if (options.protocol === 'version=2') return answer('advertisement', git.stdout);
  return answer('advertisement', Readable.from(withServiceLine(git.stdout)));
}

/** Before protocol 2 the advertisement begins with the name of the service. */
async function* withServiceLine(output: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.from('001e# service=git-upload-pack\n0000');
  yield* output;
}

function answer(kind: 'advertisement' | 'result', stream: Readable): Answer {
  const headers = { 'content-type': `application/x-git-upload-pack-${kind}`, 'cache-control': 'no-store' };
  return { headers, stream };
}

/** Git packs what is long with gzip; unpacked it counts against the same cap. */
async function readNegotiation(request: GatewayRequest): Promise<Buffer> {
  const sent = await buffer(request.body);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return sent;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new RequestRefused(415, FailureType.BadInput, { detail: `A body in '${encoding}' is not understood.` });
  }
  try {
    return await unpack(sent, { maxOutputLength: MAX_NEGOTIATION_BYTES });
  } catch (error) {
    if (isTooLong(error)) throw tooLarge(MAX_NEGOTIATION_BYTES);
    throw new RequestRefused(400, FailureType.BadInput, { detail: 'The body is not what gzip makes.' });
  }
}

function isTooLong(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function readOnly(): RequestRefused {
  return new RequestRefused(403, FailureType.AccessDenied, {
    detail: 'The gateway serves git to be read only.',
    hint: 'Changes reach the coordinator as bundles, through the artifact store.',
  });
}

function unknownMirror(): RequestRefused {
  return new RequestRefused(404, FailureType.RepositoryNotFound, { detail: 'There is no such mirror.' });
}
