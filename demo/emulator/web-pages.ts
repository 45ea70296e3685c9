import type { EmulatorApi } from './emulator-api.ts';
import type { HostedRepo } from './hosted-repo.ts';
import { framePage, renderPatch, type Page } from './page-frame.ts';
import { listFiles, type Pull, type PullFile, type PullHeads } from './pull-heads.ts';
import { escapeHtml, renderMarkdown } from './render-markdown.ts';

export interface WebPageDeps {
  readonly hosted: readonly HostedRepo[];
  readonly api: EmulatorApi;
  readonly heads: PullHeads;
}

interface Item {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: string;
  readonly user: { readonly login: string } | null;
  readonly labels: readonly { readonly name: string }[];
}

/** Plain pages of what the API holds: repositories, issues with their comments, pull requests with their diffs. */
export function createWebPages(deps: WebPageDeps): (path: string) => Promise<Page> {
  return async (path) => {
    const [owner, name, kind, number] = path.split('/').filter(Boolean).map(decode);
    if (!owner) return home(deps.hosted);
    const repo = deps.hosted.find(
      (one) => `${one.owner}/${one.name}`.toLowerCase() === `${owner}/${name ?? ''}`.toLowerCase(),
    );
    if (!repo) return notFound();
    if (!kind) return repoPage(deps, repo);
    if (!/^\d{1,9}$/.test(number ?? '')) return notFound();
    if (kind === 'issues') return issuePage(deps, repo, Number(number));
    if (kind === 'pull') return pullPage(deps, repo, Number(number));
    return notFound();
  };
}

function home(hosted: readonly HostedRepo[]): Page {
  const links = hosted.map(
    (repo) => `<li><a href="${repoPath(repo)}">${escapeHtml(`${repo.owner}/${repo.name}`)}</a></li>`,
  );
  return framePage('Emulated GitHub', `<h1>Repositories</h1><ul>${links.join('')}</ul>`);
}

async function repoPage(deps: WebPageDeps, repo: HostedRepo): Promise<Page> {
  const base = apiPath(repo);
  const issues = (await deps.api.call(repo.owner, 'GET', `${base}/issues?state=all&per_page=100`)) as Item[];
  const pulls = (await deps.api.call(repo.owner, 'GET', `${base}/pulls?state=all&per_page=100`)) as Item[];
  const numbers = new Set(pulls.map((pull) => pull.number));
  const list = (items: readonly Item[], kind: string): string =>
    items
      .map(
        (item) =>
          `<li><a href="${repoPath(repo)}/${kind}/${item.number}">#${item.number} ${escapeHtml(item.title)}</a> ${labels(item)}</li>`,
      )
      .join('');
  return framePage(
    `${repo.owner}/${repo.name}`,
    `<h1>${escapeHtml(`${repo.owner}/${repo.name}`)}</h1>
<h3>Pull requests</h3><ul>${list(pulls, 'pull')}</ul>
<h3>Issues</h3><ul>${list(
      issues.filter((issue) => !numbers.has(issue.number)),
      'issues',
    )}</ul>`,
  );
}

async function issuePage(deps: WebPageDeps, repo: HostedRepo, number: number): Promise<Page> {
  const issue = (await deps.api.find(repo.owner, `${apiPath(repo)}/issues/${number}`)) as Item | undefined;
  if (!issue) return notFound();
  return framePage(
    issue.title,
    `${heading(repo, issue)}${box(issue.user?.login, issue.body)}${await comments(deps, repo, number)}`,
  );
}

async function pullPage(deps: WebPageDeps, repo: HostedRepo, number: number): Promise<Page> {
  const found = (await deps.api.find(repo.owner, `${apiPath(repo)}/pulls/${number}`)) as (Item & Pull) | undefined;
  if (!found) return notFound();
  const pull = await deps.heads.measure(repo, found);
  const files = await listFiles(repo, { base: pull.base.sha, head: pull.head.sha });
  const route = `<p class="quiet"><code>${escapeHtml(pull.base.ref)}</code> ← <code>${escapeHtml(pull.head.ref)}</code>, ${pull.commits ?? 0} commit(s),
<span class="plus">+${pull.additions ?? 0}</span> <span class="minus">−${pull.deletions ?? 0}</span> in ${files.length} file(s)</p>`;
  const parts = [
    heading(repo, pull),
    route,
    box(pull.user?.login, pull.body),
    await comments(deps, repo, number),
    ...files.map(fileBox),
  ];
  return framePage(pull.title, parts.join('\n'));
}

async function comments(deps: WebPageDeps, repo: HostedRepo, number: number): Promise<string> {
  const found = await deps.api.find(repo.owner, `${apiPath(repo)}/issues/${number}/comments?per_page=100`);
  return ((found ?? []) as Pick<Item, 'user' | 'body'>[])
    .map((comment) => box(comment.user?.login, comment.body))
    .join('\n');
}

function heading(repo: HostedRepo, item: Item): string {
  return `<p><a href="${repoPath(repo)}">${escapeHtml(`${repo.owner}/${repo.name}`)}</a></p>
<h1>${escapeHtml(item.title)} <small>#${item.number}</small></h1>
<p><span class="state ${item.state === 'open' ? '' : 'closed'}">${escapeHtml(item.state)}</span> ${labels(item)}</p>`;
}

function labels(item: Item): string {
  return item.labels.map((label) => `<span class="label">${escapeHtml(label.name)}</span>`).join('');
}

function box(author: string | undefined, body: string | null): string {
  return `<div class="box"><h2>${escapeHtml(author ?? 'ghost')}</h2><div>${renderMarkdown(body ?? '')}</div></div>`;
}

function fileBox(file: PullFile): string {
  const counts = `<span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span>`;
  const content = file.patch === undefined ? '<p>Binary file</p>' : renderPatch(file.patch);
  return `<div class="box"><h2>${escapeHtml(file.filename)} ${counts}</h2>${content}</div>`;
}

function notFound(): Page {
  return framePage('Not found', '<h1>There is nothing here</h1>', 404);
}

function repoPath(repo: HostedRepo): string {
  return `/${encodeURIComponent(repo.owner)}/${encodeURIComponent(repo.name)}`;
}

function apiPath(repo: HostedRepo): string {
  return `/repos/${repo.owner}/${repo.name}`;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
