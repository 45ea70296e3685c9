import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Change, TaskFrame } from '../contract/activities.ts';
import { commitMessage } from '../domain/commit-message.ts';
import type { Git } from '../git/git.ts';
import { taskRef } from '../git/task-ref.ts';
import type { BaseFacts } from './base-facts.ts';
import { copyIndex } from './copy-index.ts';
import { baselineIndex, excludeFile } from './lay-workspace.ts';
import { describeLeftOut, findLeftOut } from './left-out.ts';
import { takeSnapshot } from './snapshot.ts';
import { transplant } from './transplant.ts';
import type { Workspace } from './workspace.ts';

export interface CaptureDeps {
  readonly git: Git;
  readonly facts: BaseFacts;
  readonly artifacts: ArtifactStore;
  readonly author: { readonly name: string; readonly email: string };
}

export interface CaptureRequest {
  readonly frame: TaskFrame;
  readonly workspace: Workspace;
  readonly baselineTree: string;
  readonly changeType: string | null;
  readonly signal?: AbortSignal | undefined;
}

const MAX_PATHS = 50;

/**
 * One commit on top of the base with what changed since set-up, as a bundle in the artifact store.
 * The same files give the same commit, whenever and wherever: author, dates and words depend on the task alone.
 */
export async function captureChange(deps: CaptureDeps, request: CaptureRequest): Promise<Change> {
  const { git } = deps;
  const { frame, workspace, signal } = request;
  const { mirror, trusted } = workspace;
  const indexFile = join(trusted, 'capture.index');
  await rm(`${indexFile}.lock`, { force: true });
  await copyIndex(baselineIndex(workspace), indexFile);
  const snapshot = await takeSnapshot(git, {
    mirror,
    workTree: workspace.work,
    indexFile,
    excludeFile: excludeFile(workspace),
    signal,
  });
  const baseTree = await deps.facts.tree({ mirror, sha: frame.baseSha });
  const moved = {
    ...{ mirror, from: request.baselineTree, to: snapshot.tree, onto: baseTree },
    scratchIndex: join(trusted, 'capture.scratch'),
    signal,
  };
  // where set-up left nothing behind, the files as they stand are the change
  const tree = request.baselineTree === baseTree ? snapshot.tree : await transplant(git, moved);
  const leftOut = await findLeftOut(git, { workspace, indexFile, excludeFile: excludeFile(workspace), signal });
  const losses = [...snapshot.losses, ...(await describeLeftOut(trusted, leftOut))];
  if (tree === baseTree) {
    return {
      bundle: null,
      headSha: frame.baseSha,
      treeSha: tree,
      files: 0,
      insertions: 0,
      deletions: 0,
      paths: [],
      losses,
    };
  }
  const headSha = await commit(deps, request, tree);
  const [figures, bundle] = await Promise.all([
    countChanges(git, { mirror, from: baseTree, to: tree, signal }),
    pack(deps, request, headSha),
  ]);
  return { bundle, headSha, treeSha: tree, ...figures, losses };
}

async function commit(deps: CaptureDeps, request: CaptureRequest, tree: string): Promise<string> {
  const { frame, workspace, signal } = request;
  const date = `@${branchSeconds(frame.branch)} +0000`;
  const message = commitMessage({
    taskId: frame.id,
    title: frame.title,
    issue: frame.kind === 'forge' ? frame.issue : null,
    changeType: request.changeType,
  });
  const sha = await deps.git.run(['commit-tree', '-p', frame.baseSha, tree], {
    gitDir: workspace.mirror,
    signal,
    stdin: message,
    env: {
      GIT_AUTHOR_NAME: deps.author.name,
      GIT_AUTHOR_EMAIL: deps.author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: deps.author.name,
      GIT_COMMITTER_EMAIL: deps.author.email,
      GIT_COMMITTER_DATE: date,
    },
  });
  const headSha = sha.toString().trim();
  await deps.git.run(['update-ref', taskRef(frame.key, 'head'), headSha], { gitDir: workspace.mirror, signal });
  return headSha;
}

/** When the task began, by its branch's name: `…-20261121142000`; a fixed day for a branch without it. */
function branchSeconds(branch: string): number {
  const digits = /(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(branch);
  if (!digits) return 946_684_800;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = digits.slice(1).map(Number);
  return Math.floor(Date.UTC(year, month - 1, day, hour, minute, second) / 1000);
}

async function pack(deps: CaptureDeps, request: CaptureRequest, headSha: string): Promise<string> {
  const { frame, workspace, signal } = request;
  const file = join(workspace.trusted, `${headSha}.bundle`);
  try {
    await deps.git.run(['bundle', 'create', '--quiet', file, taskRef(frame.key, 'head'), `^${frame.baseSha}`], {
      gitDir: workspace.mirror,
      signal,
    });
    return await deps.artifacts.put(await readFile(file));
  } finally {
    await rm(file, { force: true });
  }
}

async function countChanges(
  git: Git,
  trees: {
    readonly mirror: string;
    readonly from: string;
    readonly to: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Pick<Change, 'files' | 'insertions' | 'deletions' | 'paths'>> {
  const counted = await git.run(
    ['diff-tree', '-r', '-z', '--numstat', '--no-renames', '--no-ext-diff', '--no-textconv', trees.from, trees.to],
    { gitDir: trees.mirror, signal: trees.signal },
  );
  const lines = counted.toString('utf8').split('\0').filter(Boolean);
  let insertions = 0;
  let deletions = 0;
  const paths: string[] = [];
  for (const line of lines) {
    const [added = '', removed = '', ...path] = line.split('\t');
    // binary files count as '-'
    insertions += Number.parseInt(added, 10) || 0;
    deletions += Number.parseInt(removed, 10) || 0;
    if (paths.length < MAX_PATHS) paths.push(path.join('\t').slice(0, 200));
  }
  return { files: lines.length, insertions, deletions, paths };
}
