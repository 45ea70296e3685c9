import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { findCaller, type Caller, type EmulatedUser } from './accounts.ts';
import { refuse, sendAnswer, type ApiAnswer } from './api-answer.ts';
import { completeRepoCall, type RepoCall } from './complete-api.ts';
import type { EmulatorApi } from './emulator-api.ts';
import { isPush, serveGit } from './git-hosting.ts';
import type { HostedRepo } from './hosted-repo.ts';
import type { PushMirror } from './mirror-push.ts';
import { createPullHeads } from './pull-heads.ts';
import { createWebPages } from './web-pages.ts';

export interface FrontDoorDeps {
  readonly emulatorUrl: string;
  readonly webUrl: string;
  readonly users: readonly EmulatedUser[];
  readonly hosted: readonly HostedRepo[];
  readonly api: EmulatorApi;
  readonly mirror: PushMirror;
}

const API = '/api/v3';
const GIT_PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/;

/** Sends each request where it belongs: the API, git, or a page. */
export function createFrontDoor(deps: FrontDoorDeps): RequestListener {
  const heads = createPullHeads();
  const pages = createWebPages({ ...deps, heads });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', deps.webUrl);
    const caller = findCaller(deps.users, request.headers);
    const git = GIT_PATH.exec(url.pathname);
    if (git) return serveGitFor({ request, response }, { git, url, caller });
    if (url.pathname === API || url.pathname.startsWith(`${API}/`)) {
      sendAnswer(response, await answerApi(request, url, caller));
      return;
    }
    const page = await pages(url.pathname);
    response.writeHead(page.status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
    response.end(page.html);
  }

  async function serveGitFor(
    exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
    asked: { readonly git: RegExpExecArray; readonly url: URL; readonly caller: Caller },
  ): Promise<void> {
    const { response } = exchange;
    const [, owner = '', name = '', path = ''] = asked.git;
    const query = asked.url.search.slice(1);
    const repo = findRepo(deps.hosted, owner, name);
    const { caller } = asked;
    if (caller === 'impostor' || (caller === 'nobody' && isPush(path, query))) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end('Authentication failed');
      return;
    }
    if (!repo) {
      response.writeHead(404).end('Repository not found.');
      return;
    }
    if (isPush(path, query) && (caller === 'nobody' || caller.rights !== 'write')) {
      response.writeHead(403).end(`Permission to ${repo.owner}/${repo.name}.git denied.`);
      return;
    }
    const user = caller === 'nobody' ? 'anonymous' : caller.login;
    await serveGit(exchange, { repo, path, query, user }, () => deps.mirror.sync(repo));
  }

  async function answerApi(request: IncomingMessage, url: URL, caller: Caller): Promise<ApiAnswer> {
    if (caller === 'impostor') return refuse(401, 'Bad credentials');
    const user = caller === 'nobody' ? undefined : caller;
    const path = url.pathname.slice(API.length);
    const body = await readJson(request);
    const method = request.method ?? 'GET';
    const below = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(path);
    if (!below) return forward(deps, { user, method, path, query: url.search, body });
    const repo = findRepo(deps.hosted, decodeURIComponent(below[1] ?? ''), decodeURIComponent(below[2] ?? ''));
    if (!repo) return refuse(404, 'Not Found');
    return completeRepoCall(
      { api: deps.api, heads, forward: (call) => forward(deps, { ...call, path: pathOf(call) }) },
      { repo, user, method, path: below[3] ?? '', query: url.search, body },
    );
  }

  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendAnswer(response, refuse(500, String(error)));
      else response.destroy();
    });
  };
}

function pathOf(call: RepoCall): string {
  return `/repos/${call.repo.owner}/${call.repo.name}${call.path}`;
}

function findRepo(hosted: readonly HostedRepo[], owner: string, name: string): HostedRepo | undefined {
  const wanted = `${owner}/${name}`.toLowerCase();
  return hosted.find((repo) => `${repo.owner}/${repo.name}`.toLowerCase() === wanted);
}

async function forward(
  deps: FrontDoorDeps,
  call: Pick<RepoCall, 'user' | 'method' | 'path' | 'query' | 'body'>,
): Promise<ApiAnswer> {
  const answer = await fetch(`${deps.emulatorUrl}${call.path}${call.query}`, {
    method: call.method,
    headers: {
      ...(call.user && { authorization: `Bearer ${call.user.token}` }),
      ...(call.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
  });
  const text = await answer.text();
  const link = answer.headers.get('link')?.replaceAll(/<https?:\/\/[^/>]+\//g, `<${deps.webUrl}${API}/`);
  const kept = [...answer.headers].filter(([name]) => name.startsWith('x-ratelimit'));
  return {
    status: answer.status,
    headers: { ...Object.fromEntries(kept), ...(link && { link }) },
    ...(text !== '' && { body: JSON.parse(text) as unknown }),
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}
