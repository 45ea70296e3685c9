import { Mutex } from 'async-mutex';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { Git } from './git.ts';
import { removeDeadLocks } from './mirror-lock.ts';
import { readRemoteHead } from './remote-head.ts';
import { writeScratchBase } from './scratch-base.ts';

export interface FetchRequest {
  /** Folder-safe key of the repository: `github.com/owner/name`. */
  readonly key: string;
  /** A URL, or an absolute folder. */
  readonly url: string;
  /** Authentication: reaches git in its environment only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A commit: no network when the mirror already has it. */
  readonly needs?: string | undefined;
  /** False for who knows the default branch from elsewhere: HEAD is left as it is. */
  readonly followsHead?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One bare repository per remote repository, which we alone write. */
export interface Mirrors {
  /** Clones or freshens; resolves to the mirror's folder. Concurrent callers share one fetch. */
  fetch(request: FetchRequest): Promise<string>;
  /** The repository of tasks that have none: one empty commit, the same on every machine. */
  scratch(signal?: AbortSignal): Promise<{ readonly mirror: string; readonly sha: string }>;
  /** Where the mirror of a key is, whether it exists or not; null is the scratch repository. */
  path(key: string | null): string;
}

/** Attributes that outrank every .gitattributes: no filter, no conversion, whatever a tree asks for. */
const INERT_ATTRIBUTES = '* -text -eol -filter -ident -working-tree-encoding !diff !merge\n';
const SCRATCH = 'scratch';

interface State {
  readonly mutex: Mutex;
  started: number;
  finished: number;
  /** The last one that HEAD was brought up to date with. */
  headed: number;
  running: boolean;
  opened: boolean;
}

export function createMirrors(options: { readonly root: string; readonly git: Git }): Mirrors {
  const { git, root } = options;
  const states = new Map<string, State>();

  function path(key: string | null): string {
    return join(root, `${checkedKey(key ?? SCRATCH)}.git`);
  }

  function stateOf(key: string): State {
    const state = states.get(key) ?? {
      mutex: new Mutex(),
      started: 0,
      finished: 0,
      headed: 0,
      running: false,
      opened: false,
    };
    states.set(key, state);
    return state;
  }

  async function open(mirror: string, state: State, signal: AbortSignal | undefined): Promise<void> {
    if (state.opened) return;
    if (await exists(join(mirror, 'HEAD'))) await removeDeadLocks(mirror);
    else await create(mirror, signal);
    state.opened = true;
  }

  /** Made aside and renamed, so that a mirror is whole or not there. */
  async function create(mirror: string, signal: AbortSignal | undefined): Promise<void> {
    await mkdir(dirname(mirror), { recursive: true, mode: 0o700 });
    const aside = await mkdtemp(`${mirror}.new-`);
    try {
      await git.run(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', '--', aside], { signal });
      await mkdir(join(aside, 'info'), { recursive: true });
      await writeFile(join(aside, 'info', 'attributes'), INERT_ATTRIBUTES);
      await rm(mirror, { recursive: true, force: true });
      await rename(aside, mirror);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  }

  async function update(mirror: string, request: FetchRequest): Promise<void> {
    const call = {
      gitDir: mirror,
      headers: request.headers,
      signal: request.signal,
      what: `fetch of ${request.key}`,
    };
    const fetched = git.run(
      [
        ...['fetch', '--quiet', '--prune', '--force', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'],
        ...['--end-of-options', request.url, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'],
      ],
      call,
    );
    const asked = wantsHead(request) ? readRemoteHead(git, request.url, call) : undefined;
    const [, head] = await Promise.allSettled([fetched, asked]).then(unwrapBoth);
    if (head) await git.run(['symbolic-ref', '--', 'HEAD', head], { gitDir: mirror, signal: request.signal });
  }

  return {
    path,

    async fetch(request) {
      const mirror = path(request.key);
      const state = stateOf(request.key);
      const ticket = state.running ? state.started : state.started + 1;
      return state.mutex.runExclusive(async () => {
        request.signal?.throwIfAborted();
        await open(mirror, state, request.signal);
        if (request.needs !== undefined && (await hasCommit(git, mirror, request.needs))) return mirror;
        if (isShared(state, ticket, request)) return mirror;
        state.running = true;
        const number = ++state.started;
        try {
          await update(mirror, request);
          state.finished = number;
          if (wantsHead(request)) state.headed = number;
        } finally {
          state.running = false;
        }
        if (request.needs !== undefined && !(await hasCommit(git, mirror, request.needs))) {
          throw new TypedError(FailureType.BaseNotFound, `Commit ${request.needs} is not in ${request.key} any more.`, {
            hint: 'The base branch was rewritten meanwhile: start the task again.',
          });
        }
        return mirror;
      });
    },

    async scratch(signal) {
      const mirror = path(null);
      const state = stateOf(SCRATCH);
      return state.mutex.runExclusive(async () => {
        await open(mirror, state, signal);
        return { mirror, sha: await writeScratchBase(git, mirror, signal) };
      });
    },
  };
}

/** Whether a fetch that began after this one was asked for has done its work. */
function isShared(state: State, ticket: number, request: FetchRequest): boolean {
  const isHeaded = !wantsHead(request) || state.headed === state.finished;
  return request.needs === undefined && state.finished >= ticket && isHeaded;
}

/** Who was told which commit to take does not care what the default branch is. */
function wantsHead({ needs, followsHead }: FetchRequest): boolean {
  return needs === undefined && followsHead !== false;
}

/** Whether the mirror has this commit. */
async function hasCommit(git: Git, mirror: string, sha: string): Promise<boolean> {
  if (!/^[0-9a-f]{40}$|^[0-9a-f]{64}$/.test(sha)) return false;
  const found = await git.try(['cat-file', '-e', `${sha}^{commit}`], { gitDir: mirror });
  return found.exitCode === 0;
}

function checkedKey(key: string): string {
  const parts = key.split('/');
  const sound = parts.every((part, index) => {
    const last = index === parts.length - 1;
    return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,150}$/.test(part) && (last || !part.endsWith('.git'));
  });
  if (sound) return key;
  throw new TypedError(FailureType.BadInput, `'${key.slice(0, 200)}' cannot name a repository.`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function unwrapBoth<A, B>([first, second]: [PromiseSettledResult<A>, PromiseSettledResult<B>]): [A, B] {
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  return [first.value, second.value];
}
