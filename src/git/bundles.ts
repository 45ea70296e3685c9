import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { gitFailure } from './git-failure.ts';
import type { Git, GitResult } from './git.ts';
import { taskRef } from './task-ref.ts';

export interface BundleImport {
  readonly mirror: string;
  readonly key: string;
  readonly content: Buffer;
  /** What the bundle must bring: one commit with this parent and this tree. */
  readonly headSha: string;
  readonly baseSha: string;
  readonly treeSha: string;
  /** The ref under which the commit is kept in the mirror. */
  readonly as: 'head' | 'incoming';
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings a bundle's commit into a mirror, after checking that it is what it is said to be:
 * sound objects (fsck), one ref, one commit on top of the base, no path that could leave a working tree.
 * Throws `BundleRefused` otherwise, and leaves no ref behind.
 */
export async function importBundle(git: Git, bundle: BundleImport): Promise<void> {
  const { mirror, signal } = bundle;
  checkHeader(bundle);
  const folder = await mkdtemp(join(mirror, 'incoming-'));
  const file = join(folder, 'change.bundle');
  const kept = taskRef(bundle.key, bundle.as);
  try {
    await writeFile(file, bundle.content);
    // git checks what the bundle builds on, and every object in it, while it fetches
    const fetched = await git.try(
      [
        ...['fetch', '--quiet', '--force', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'],
        ...['--end-of-options', file, `+${taskRef(bundle.key, 'head')}:${kept}`],
      ],
      {
        gitDir: mirror,
        signal,
        config: [
          ['transfer.fsckObjects', 'true'],
          ['fetch.fsckObjects', 'true'],
        ],
      },
    );
    if (fetched.exitCode !== 0) throw verdict(fetched, 'import of the bundle');
    try {
      await checkCommit(git, bundle);
    } catch (error) {
      await git.try(['update-ref', '-d', kept], { gitDir: mirror });
      throw error;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The header is text: a signature, what must be there already (`-<sha> words`), what it brings (`<sha> <ref>`), an empty line. */
function checkHeader({ content, headSha, key }: BundleImport): void {
  const end = content.indexOf('\n\n');
  const [signature = '', ...lines] = content.subarray(0, Math.max(0, end)).toString('latin1').split('\n');
  if (!/^# v[23] git bundle$/.test(signature)) throw refused('it is no bundle');
  const rest = lines.filter((line) => !line.startsWith('-') && !line.startsWith('@object-format='));
  const expected = `${headSha} ${taskRef(key, 'head')}`;
  if (rest.length !== 1 || rest[0] !== expected) throw refused('it does not bring the one commit that was announced');
}

async function checkCommit(git: Git, bundle: BundleImport): Promise<void> {
  const call = { gitDir: bundle.mirror, signal: bundle.signal };
  const [commit, listed] = await Promise.all([
    git.run(['cat-file', 'commit', bundle.headSha], call),
    git.run(['ls-tree', '-r', '-z', '--name-only', bundle.headSha], call),
  ]);
  const header = commit.toString('latin1').split('\n\n', 1)[0] ?? '';
  const parents = [...header.matchAll(/^parent (\w+)$/gm)].map(([, sha]) => sha);
  if (parents.length !== 1 || parents[0] !== bundle.baseSha) throw refused('it is not one commit on top of the base');
  const tree = /^tree (\w+)$/m.exec(header)?.[1];
  if (tree !== bundle.treeSha) throw refused('its files are not the ones that were announced');
  for (const path of listed.toString('latin1').split('\0')) {
    const parts = path.toLowerCase().split('/');
    if (path.startsWith('/') || parts.some((part) => part === '.git' || part === '..' || part === '.')) {
      throw refused(`the path '${path.slice(0, 100)}' may not be in a commit`);
    }
  }
}

/** Only what git says of the bundle is final: a full disk, or a git that was killed, is passing trouble. */
function verdict(result: GitResult, what: string): TypedError {
  const failure = gitFailure(result.stderr, what);
  const answered = result.exitCode > 0 && result.stderr.trim() !== '';
  return answered && failure.type !== FailureType.DiskFull ? refused(failure.message) : failure;
}

function refused(why: string): TypedError {
  return new TypedError(FailureType.BundleRefused, `The host's bundle was refused: ${why}.`);
}
