import { refuse, type ApiAnswer } from './api-answer.ts';
import type { EmulatedUser } from './accounts.ts';
import type { EmulatorApi } from './emulator-api.ts';
import type { HostedRepo } from './hosted-repo.ts';
import { listFiles, tipOf, type Pull, type PullHeads } from './pull-heads.ts';
import { runGit } from './run-git.ts';

export interface RepoCall {
  readonly repo: HostedRepo;
  readonly user: EmulatedUser | undefined;
  readonly method: string;
  /** What follows `/repos/owner/name`. */
  readonly path: string;
  readonly query: string;
  readonly body: unknown;
}

export interface CompletionDeps {
  readonly api: EmulatorApi;
  readonly heads: PullHeads;
  /** Passes the call on to the emulator as it is. */
  readonly forward: (call: RepoCall) => Promise<ApiAnswer>;
}

/** Answers calls below one repository as GitHub does where the emulator is laxer or knows less. */
export async function completeRepoCall(deps: CompletionDeps, call: RepoCall): Promise<ApiAnswer> {
  const refused = checkRights(call);
  if (refused) return refused;
  const key = `${call.method} ${call.path.replace(/\/\d+(?=\/|$)/, '/N')}`;
  switch (key) {
    case 'GET ':
      return withPermissions(await deps.forward(call), call.user);
    case 'GET /issues/N':
      return issueOrPull(deps, call);
    case 'POST /pulls':
      return openPull(deps, call);
    case 'GET /pulls':
    case 'GET /pulls/N':
    case 'PATCH /pulls/N':
      return followed(deps, call, await deps.forward(call));
    case 'GET /pulls/N/files':
      return pullFiles(deps, call);
    case 'GET /pulls/N/commits':
      return pullCommits(deps, call);
    case 'PUT /pulls/N/merge':
      return refuse(405, 'This emulated forge does not merge.');
    default:
      return deps.forward(call);
  }
}

/** A token that may only read gets what a fine-grained token without the permission gets. */
function checkRights(call: RepoCall): ApiAnswer | undefined {
  if (call.method === 'GET' || call.method === 'HEAD') return undefined;
  if (!call.user) return refuse(401, 'Requires authentication');
  if (call.user.rights === 'write') return undefined;
  const permission = call.path.startsWith('/pulls')
    ? 'pull_requests=write'
    : call.path.startsWith('/issues') || call.path.startsWith('/labels')
      ? 'issues=write; pull_requests=write'
      : 'contents=write';
  return refuse(403, 'Resource not accessible by personal access token', {
    headers: { 'x-accepted-github-permissions': permission },
  });
}

function withPermissions(answer: ApiAnswer, user: EmulatedUser | undefined): ApiAnswer {
  if (answer.status !== 200) return answer;
  const push = user?.rights === 'write';
  const permissions = { admin: false, maintain: false, push, triage: push, pull: true };
  return { ...answer, body: { ...(answer.body as object), permissions } };
}

/** On GitHub every pull request is an issue as well; the emulator says 404. */
async function issueOrPull(deps: CompletionDeps, call: RepoCall): Promise<ApiAnswer> {
  const answer = await deps.forward(call);
  if (answer.status !== 404) return answer;
  const number = /\d+/.exec(call.path)?.[0] ?? '';
  const pull = await deps.forward({ ...call, path: `/pulls/${number}` });
  if (pull.status !== 200) return answer;
  const body = pull.body as Record<string, unknown>;
  const links = {
    url: body['url'],
    html_url: body['html_url'],
    diff_url: body['diff_url'],
    patch_url: body['patch_url'],
  };
  return { ...pull, body: { ...body, pull_request: { ...links, merged_at: body['merged_at'] } } };
}

async function openPull(deps: CompletionDeps, call: RepoCall): Promise<ApiAnswer> {
  const asked = call.body as { head?: unknown; base?: unknown } | undefined;
  if (typeof asked?.head !== 'string' || typeof asked.base !== 'string')
    return invalid([{ message: 'head and base are needed' }]);
  const head = asked.head.includes(':') ? asked.head.slice(asked.head.indexOf(':') + 1) : asked.head;
  const [tip, base] = await Promise.all([tipOf(call.repo, head), tipOf(call.repo, asked.base)]);
  if (!base) return invalid([{ resource: 'PullRequest', field: 'base', code: 'invalid' }]);
  if (!tip) return invalid([{ resource: 'PullRequest', field: 'head', code: 'invalid' }]);
  const ahead = await runGit(call.repo.gitDir, ['rev-list', '--count', `${base}..${tip}`]);
  if (ahead.toString().trim() === '0') {
    return invalid([
      { resource: 'PullRequest', code: 'custom', message: `No commits between ${asked.base} and ${head}` },
    ]);
  }
  const open = await deps.forward({
    ...call,
    method: 'GET',
    body: undefined,
    query: `?state=open&head=${encodeURIComponent(head)}&base=${encodeURIComponent(asked.base)}`,
  });
  if (Array.isArray(open.body) && open.body.length > 0) {
    const message = `A pull request already exists for ${call.repo.owner}:${head}.`;
    return invalid([{ resource: 'PullRequest', code: 'custom', message }]);
  }
  return followed(deps, call, await deps.forward(call));
}

function invalid(errors: unknown[]): ApiAnswer {
  return refuse(422, 'Validation Failed', { errors });
}

async function followed(deps: CompletionDeps, call: RepoCall, answer: ApiAnswer): Promise<ApiAnswer> {
  if (answer.status >= 300) return answer;
  if (!Array.isArray(answer.body)) return { ...answer, body: await deps.heads.measure(call.repo, answer.body as Pull) };
  return { ...answer, body: await deps.heads.followAll(call.repo, answer.body as Pull[]) };
}

async function readPull(deps: CompletionDeps, call: RepoCall): Promise<Pull | undefined> {
  const number = /\d+/.exec(call.path)?.[0] ?? '';
  const answer = await deps.forward({ ...call, path: `/pulls/${number}`, query: '' });
  return answer.status === 200 ? deps.heads.follow(call.repo, answer.body as Pull) : undefined;
}

async function pullFiles(deps: CompletionDeps, call: RepoCall): Promise<ApiAnswer> {
  const pull = await readPull(deps, call);
  if (!pull) return refuse(404, 'Not Found');
  return { status: 200, body: await listFiles(call.repo, { base: pull.base.sha, head: pull.head.sha }) };
}

async function pullCommits(deps: CompletionDeps, call: RepoCall): Promise<ApiAnswer> {
  const pull = await readPull(deps, call);
  if (!pull) return refuse(404, 'Not Found');
  const format = '--format=%H%x00%an%x00%ae%x00%aI%x00%B%x1e';
  const listed = await runGit(call.repo.gitDir, ['log', '--reverse', format, `${pull.base.sha}..${pull.head.sha}`]);
  const commits = listed
    .toString('utf8')
    .split('\x1e')
    .map((one) => one.replace(/^\n/, '').split('\0'))
    .filter(([sha]) => sha)
    .map(([sha, name, email, date, message = '']) => ({
      sha,
      commit: { author: { name, email, date }, message: message.trimEnd() },
    }));
  return { status: 200, body: commits };
}
