import { FailureType } from '../domain/failure-type.ts';
import { isSafeBranch } from '../domain/naming.ts';
import { TypedError } from '../domain/typed-error.ts';
import { gitFailure } from './git-failure.ts';
import type { Git, GitCall } from './git.ts';
import { readRemoteBranch } from './remote-head.ts';

export interface Push {
  readonly mirror: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly branch: string;
  /** The branch that must never be pushed to. */
  readonly base: string;
  readonly sha: string;
  /** What the branch must be at on the remote: what we pushed last, or null for a branch that must not exist. */
  readonly expected: string | null;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Pushes one commit to the task's own branch, if that is where we left it; a no-op where the remote already has it.
 * Resolves to why the remote took no push (protection, a hook, no right), or to undefined when it has the commit.
 * Throws `PushRefused` when somebody else moved the branch.
 */
export async function pushBranch(git: Git, push: Push): Promise<TypedError | undefined> {
  checkBranch(push);
  const call: GitCall = {
    gitDir: push.mirror,
    headers: push.headers,
    signal: push.signal,
    what: `push of ${push.branch}`,
  };
  const ref = `refs/heads/${push.branch}`;
  const pushed = await git.try(
    [
      ...['push', '--porcelain', '--no-verify', '--no-follow-tags', `--force-with-lease=${ref}:${push.expected ?? ''}`],
      ...['--end-of-options', push.url, `${push.sha}:${ref}`],
    ],
    call,
  );
  if (pushed.exitCode === 0) return undefined;
  // with --porcelain the verdict on a ref is in the output, the remote's own words are in the errors
  const said = `${pushed.stderr}\n${pushed.stdout.toString('utf8')}`;
  const failure = gitFailure(said, `push of ${push.branch}`);
  if (failure.type === FailureType.AccessDenied) return failure;
  if (failure.type !== FailureType.PushRefused) throw failure;
  const there = (await readRemoteBranch(git, push, call)) ?? null;
  if (there === push.sha) return undefined;
  if (there === push.expected) return failure;
  throw movedBySomebody(push, there);
}

function checkBranch({ branch, base }: Push): void {
  if (isSafeBranch(branch) && branch !== base) return;
  throw new TypedError(FailureType.PushRefused, `'${branch.slice(0, 200)}' is no branch that taskfleet pushes to.`);
}

function movedBySomebody({ branch, expected }: Push, there: string | null): TypedError {
  const shown = (sha: string | null): string => sha?.slice(0, 12) ?? 'nothing';
  return new TypedError(
    FailureType.PushRefused,
    `The branch ${branch} was moved by somebody else: it is at ${shown(there)}, not at ${shown(expected)} where taskfleet left it.`,
    { hint: 'Merge or remove what was pushed there, then retry the task.' },
  );
}
