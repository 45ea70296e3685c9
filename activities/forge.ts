import { Context } from '@temporalio/activity';
import type {
  ControlActivities,
  IssueNotice,
  PullRequestRef,
  PullRequestRequest,
  TaskFrame,
} from '../src/contract/activities.ts';
import { FailureType } from '../src/domain/failure-type.ts';
import { marker } from '../src/domain/naming.ts';
import { sanitiseMarkdown } from '../src/domain/sanitise-markdown.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import type { Forge, ForgePullRequest, ForgeRepo } from '../src/forge/forge.ts';
import { renderPullRequestBody } from '../src/forge/pull-request-body.ts';
import { pullRequestTitle } from '../src/forge/pull-request-title.ts';
import { PULL_REQUEST_LABEL, stateLabel } from '../src/forge/state-label.ts';
import { forgeRepoOfKey } from '../src/intake/repo-address.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { allOrFirstFailure } from './all-or-first-failure.ts';

const MAX_QUOTE = 4_000;

export interface ForgeDeps {
  /** Null where no forge is configured. */
  readonly forge: Forge | null;
  /** Where people look at the forge: links to its host stay links. */
  readonly webUrl: string;
  readonly ledger: Pick<Ledger, 'checkEpoch' | 'recordPullRequest'>;
  /** The text of prompts/pull-request.md. */
  readonly template: string;
}

export function createForgeActivities(deps: ForgeDeps): Pick<ControlActivities, 'tellIssue' | 'openPullRequest'> {
  return {
    tellIssue: ({ frame, notice }) => tellIssue(deps, frame, notice),
    openPullRequest: (request) => openPullRequest(deps, request),
  };
}

async function tellIssue(deps: ForgeDeps, frame: TaskFrame, notice: IssueNotice): Promise<void> {
  if (frame.kind !== 'forge' || frame.issue === null || frame.repo === null || !deps.forge) return;
  await deps.ledger.checkEpoch(frame.id, frame.epoch);
  const repo = forgeRepoOfKey(frame.repo);
  const link = notice.pullRequest ? [`Pull request: ${notice.pullRequest.url}`] : [];
  const quote = notice.quote ? [quoted(notice.quote)] : [];
  const body = [notice.text, ...quote, ...link, marker(frame.id)].join('\n\n');
  await allOrFirstFailure([
    deps.forge.upsertComment({ repo, issue: frame.issue, marker: marker(frame.id), body }),
    deps.forge.setStateLabel({ repo, issue: frame.issue, label: stateLabel(notice.state) }),
  ]);
}

/** A quotation of text that is not ours: it can be read, and does nothing. */
function quoted(text: string): string {
  const lines = sanitiseMarkdown(text, { maxLength: MAX_QUOTE }).split('\n');
  return lines.map((line) => `> ${line}`.trimEnd()).join('\n');
}

async function openPullRequest(deps: ForgeDeps, request: PullRequestRequest): Promise<PullRequestRef> {
  const { frame } = request;
  if (frame.kind !== 'forge' || frame.repo === null || !deps.forge) {
    throw new TypedError(FailureType.ConfigError, `${frame.id} has no forge to open a pull request on.`, {
      hint: 'Set GITHUB_TOKEN for the coordinator, or take the pushed branch as it is.',
    });
  }
  await deps.ledger.checkEpoch(frame.id, frame.epoch);
  const repo = forgeRepoOfKey(frame.repo);
  const found = await deps.forge.findPullRequest({ repo, head: frame.branch });
  const pull = found
    ? await adopt(deps.forge, { repo, found }, written(deps, request))
    : await open(deps.forge, repo, written(deps, request));
  const reference = { number: pull.number, url: pull.url };
  await deps.ledger.recordPullRequest(frame.id, frame.epoch, reference);
  Context.current().cancellationSignal.throwIfAborted();
  await deps.forge.addLabels({ repo, issue: pull.number, labels: [PULL_REQUEST_LABEL] });
  return reference;
}

interface Written {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly marker: string;
}

function written(deps: ForgeDeps, request: PullRequestRequest): Written {
  const { frame, analysis } = request;
  const linkHost = URL.canParse(deps.webUrl) ? new URL(deps.webUrl).host : undefined;
  return {
    head: frame.branch,
    base: frame.base,
    title: pullRequestTitle(frame, analysis),
    body: renderPullRequestBody(deps.template, request, { linkHost }),
    marker: marker(frame.id),
  };
}

async function open(forge: Forge, repo: ForgeRepo, { head, base, title, body }: Written): Promise<ForgePullRequest> {
  return forge.openPullRequest({ repo, head, base, title, body });
}

/** Goes on with what is there: people's decisions and their own words stay. */
async function adopt(
  forge: Forge,
  target: { readonly repo: ForgeRepo; readonly found: ForgePullRequest },
  { body, marker: mark }: Written,
): Promise<ForgePullRequest> {
  const { repo, found } = target;
  if (found.state === 'closed') {
    throw new TypedError(
      FailureType.Refused,
      `Pull request #${found.number} was closed by a person: it is not opened again.`,
      {
        hint: `Reopen ${found.url} and retry the task, or leave it.`,
      },
    );
  }
  if (found.state === 'open' && found.body.includes(mark) && found.body !== body) {
    await forge.updatePullRequest({ repo, number: found.number, title: found.title, body });
  }
  return found;
}
