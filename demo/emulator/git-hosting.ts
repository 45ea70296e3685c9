import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostedRepo } from './hosted-repo.ts';
import { exitOf, startGit } from './run-git.ts';

export interface GitRequest {
  readonly repo: HostedRepo;
  /** What follows `/owner/name.git`. */
  readonly path: string;
  readonly query: string;
  readonly user: string;
}

/** Whether a request of git's smart protocol wants to write. */
export function isPush(path: string, query: string): boolean {
  return path === '/git-receive-pack' || (path === '/info/refs' && query.includes('service=git-receive-pack'));
}

/**
 * Serves one request of git's smart HTTP protocol through `git http-backend`.
 * The answer to a push is held back until `onPushed` is done, so that whoever pushed finds the API up to date.
 */
export async function serveGit(
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
  git: GitRequest,
  onPushed: () => Promise<void>,
): Promise<void> {
  const { request, response } = exchange;
  const child = startGit(['http-backend'], {
    GIT_PROJECT_ROOT: git.repo.gitDir,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: git.path,
    QUERY_STRING: git.query,
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    REMOTE_USER: git.user,
    REMOTE_ADDR: '127.0.0.1',
    ...(request.headers['content-encoding'] && { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }),
    ...(request.headers['git-protocol'] && { GIT_PROTOCOL: String(request.headers['git-protocol']) }),
  });
  response.once('close', () => child.kill());
  child.stdin.on('error', () => undefined);
  child.stderr.resume();
  request.pipe(child.stdin);

  const ended = exitOf(child);
  const output: Buffer[] = [];
  for await (const chunk of child.stdout) output.push(chunk as Buffer);
  await ended;
  if (git.path === '/git-receive-pack') await onPushed();
  answer(response, Buffer.concat(output));
}

/** A CGI program's answer: header lines, an empty line, the body. */
function answer(response: ServerResponse, output: Buffer): void {
  const end = output.indexOf('\r\n\r\n');
  if (end < 0) {
    response.writeHead(500).end('git http-backend gave no answer');
    return;
  }
  let status = 200;
  for (const line of output.subarray(0, end).toString().split('\r\n')) {
    const [name = '', ...value] = line.split(': ');
    if (name.toLowerCase() === 'status') status = Number.parseInt(value.join(': '), 10);
    else response.setHeader(name, value.join(': '));
  }
  response.writeHead(status).end(output.subarray(end + 4));
}
