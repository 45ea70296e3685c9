import type { ArtifactStore } from '../src/artifacts/artifact-store.ts';
import type { Change, ControlActivities, Publication, TaskFrame } from '../src/contract/activities.ts';
import { FailureType } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import { importBundle } from '../src/git/bundles.ts';
import type { Git } from '../src/git/git.ts';
import { makePatch } from '../src/git/make-patch.ts';
import type { Mirrors } from '../src/git/mirrors.ts';
import { pushBranch } from '../src/git/push-branch.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import { withHeartbeat } from './with-heartbeat.ts';

export interface Remote {
  /** A URL without credentials, or an absolute folder. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PublishDeps {
  readonly git: Git;
  readonly mirrors: Mirrors;
  readonly artifacts: ArtifactStore;
  readonly ledger: Pick<Ledger, 'checkEpoch' | 'find' | 'recordPush'>;
  /** Where a task's repository is pushed to, with the right to do it; only asked for tasks that have one. */
  readonly remoteOf: (frame: TaskFrame) => Promise<Remote>;
}

/** The step that makes a change public: the only one that pushes. */
export function createPublishActivities(deps: PublishDeps): Pick<ControlActivities, 'publishChange'> {
  return {
    async publishChange({ change, frame }) {
      return withHeartbeat((signal) => publishChange(deps, { frame, change, signal }));
    },
  };
}

export interface PublishRequest {
  readonly frame: TaskFrame;
  readonly change: Change;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks the bundle, imports it into the trusted mirror and pushes it with a lease on what we pushed last.
 * A scratch task, and a plain git remote that takes no push, end in a patch: its `location` is an artifact's digest.
 */
export async function publishChange(deps: PublishDeps, request: PublishRequest): Promise<Publication> {
  const { change, frame, signal } = request;
  if (change.bundle === null) throw new TypedError(FailureType.BundleRefused, 'There is no change to publish.');
  const content = await deps.artifacts.get(change.bundle);
  const remote = frame.kind === 'scratch' ? undefined : await deps.remoteOf(frame);
  const mirror = await trustedMirror(deps, request, remote);
  const { headSha, treeSha } = change;
  await importBundle(deps.git, {
    mirror,
    key: frame.key,
    content,
    headSha,
    treeSha,
    baseSha: frame.baseSha,
    as: 'incoming',
    signal,
  });
  await deps.ledger.checkEpoch(frame.id, frame.epoch);
  if (!remote) return keepPatch(deps, { mirror, headSha, signal });
  const known = await deps.ledger.find(frame.id);
  const refusal = await pushBranch(deps.git, {
    mirror,
    ...remote,
    branch: frame.branch,
    base: frame.base,
    sha: headSha,
    expected: known?.pushedSha ?? null,
    signal,
  });
  if (refusal && frame.kind === 'git') return keepPatch(deps, { mirror, headSha, signal });
  if (refusal) throw refusal;
  await deps.ledger.recordPush(frame.id, frame.epoch, headSha);
  return { kind: 'branch', headSha, location: frame.branch };
}

async function trustedMirror(deps: PublishDeps, request: PublishRequest, remote: Remote | undefined): Promise<string> {
  const { frame, signal } = request;
  if (!remote || frame.repo === null) return (await deps.mirrors.scratch(signal)).mirror;
  return deps.mirrors.fetch({ key: frame.repo, ...remote, needs: frame.baseSha, signal });
}

async function keepPatch(
  deps: PublishDeps,
  change: { readonly mirror: string; readonly headSha: string; readonly signal?: AbortSignal | undefined },
): Promise<Publication> {
  const patch = await makePatch(deps.git, { mirror: change.mirror, sha: change.headSha, signal: change.signal });
  return { kind: 'patch', headSha: change.headSha, location: await deps.artifacts.put(patch) };
}
