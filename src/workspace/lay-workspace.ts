import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change, TaskFrame } from '../contract/activities.ts';
import type { Git, GitCall } from '../git/git.ts';
import { taskRef } from '../git/task-ref.ts';
import { writeAgentRepository } from './agent-repository.ts';
import type { BaseFacts } from './base-facts.ts';
import { copyIndex } from './copy-index.ts';
import { keepLeftOut, findLeftOut } from './left-out.ts';
import { writeMetadata } from './metadata.ts';
import { removeTree } from './remove-tree.ts';
import { takeSnapshot } from './snapshot.ts';
import { transplant } from './transplant.ts';
import type { Workspace } from './workspace.ts';

export interface LayDeps {
  readonly git: Git;
  readonly facts: BaseFacts;
  /** Runs the repository's set-up commands and services in the new tree; false says that there were none. */
  readonly prepare: (request: PrepareRequest) => Promise<boolean | void>;
  /** Brings the change's commit into the mirror. */
  readonly importChange: (mirror: string, frame: TaskFrame, change: Change) => Promise<void>;
  readonly author: { readonly name: string; readonly email: string };
}

export interface PrepareRequest {
  readonly frame: TaskFrame;
  readonly workspace: Workspace;
  readonly signal?: AbortSignal | undefined;
}

export interface LayRequest {
  readonly frame: TaskFrame;
  readonly workspace: Workspace;
  readonly restore: Change | null;
  readonly signal?: AbortSignal | undefined;
}

/** The private index as it was when set-up had run. */
export function baselineIndex(workspace: Workspace): string {
  return join(workspace.trusted, 'baseline.index');
}

export function excludeFile(workspace: Workspace): string {
  return join(workspace.trusted, 'exclude');
}

/**
 * Lays the workspace anew: tree of the base, set-up, baseline, then what an earlier host captured.
 * Whatever was there is removed. The base is pinned by a ref, so that the mirror keeps it whatever the remote does.
 */
export async function layWorkspace(deps: LayDeps, request: LayRequest): Promise<void> {
  const { frame, workspace, signal } = request;
  const { git } = deps;
  await removeTree(workspace.root);
  for (const folder of [workspace.work, workspace.tmp, workspace.claude, workspace.home, workspace.trusted]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const indexFile = baselineIndex(workspace);
  const call: GitCall = {
    gitDir: workspace.mirror,
    workTree: workspace.work,
    indexFile,
    cwd: workspace.work,
    signal,
    what: 'checkout of the base',
  };
  const [, excludes] = await Promise.all([
    git.run(['read-tree', '--reset', '-u', '--end-of-options', frame.baseSha], call),
    deps.facts.excludes({ mirror: workspace.mirror, sha: frame.baseSha }),
  ]);
  await writeFile(excludeFile(workspace), `${[...excludes, ...frame.settings.exclude].join('\n')}\n`);
  await repairAgentRepository(deps, request);

  const touched = await deps.prepare({ frame, workspace, signal });

  const baselineTree = await readBaseline(deps, request, touched !== false);
  await pin(git, request, baselineTree);
  if (request.restore?.bundle) await restore(deps, request, baselineTree);
  await writeMetadata(workspace.trusted, {
    taskId: frame.id,
    generation: frame.generation,
    epoch: frame.epoch,
    branch: frame.branch,
    baseSha: frame.baseSha,
    baselineTree,
  });
}

/** Writes the session's own repository, at first or after somebody deleted it; the files stay as they are. */
export async function repairAgentRepository(
  deps: Pick<LayDeps, 'author'>,
  request: Pick<LayRequest, 'frame' | 'workspace'>,
): Promise<void> {
  const { frame, workspace } = request;
  await writeAgentRepository({
    work: workspace.work,
    mirror: workspace.mirror,
    branch: frame.branch,
    baseSha: frame.baseSha,
    indexFile: baselineIndex(workspace),
    author: deps.author,
  });
}

/** The tree of all files before the session; the base's own where nothing has run and git sees no difference. */
async function readBaseline({ git, facts }: LayDeps, request: LayRequest, touched: boolean): Promise<string> {
  const { frame, workspace, signal } = request;
  const { mirror, work: workTree } = workspace;
  const indexFile = baselineIndex(workspace);
  if (!touched) {
    const place = { gitDir: mirror, workTree, indexFile, cwd: workTree, signal };
    const asked = ['diff-files', '--quiet', '--no-renames', '--ignore-submodules=all', '--no-ext-diff'];
    const difference = await git.try(asked, place);
    if (difference.exitCode === 0) return await facts.tree({ mirror, sha: frame.baseSha });
  }
  const snapshot = { mirror, workTree, indexFile, excludeFile: excludeFile(workspace), signal };
  const { tree } = await takeSnapshot(git, snapshot);
  await keepLeftOut(workspace.trusted, await findLeftOut(git, { ...snapshot, workspace }));
  return tree;
}

/** Refs keep the objects from being swept up while the task lives, for weeks if need be. */
async function pin(git: Git, request: LayRequest, baselineTree: string): Promise<void> {
  const { frame, workspace, signal } = request;
  const refs = { base: frame.baseSha, baseline: baselineTree } as const;
  const stdin = Object.entries(refs)
    .map(([name, sha]) => `update ${taskRef(frame.key, name as keyof typeof refs)} ${sha}\n`)
    .join('');
  await git.run(['update-ref', '--stdin'], { gitDir: workspace.mirror, stdin, signal });
}

async function restore(deps: LayDeps, request: LayRequest, baselineTree: string): Promise<void> {
  const { frame, workspace, signal } = request;
  const change = request.restore as Change;
  await deps.importChange(workspace.mirror, frame, change);
  const tree = await transplant(deps.git, {
    mirror: workspace.mirror,
    from: `${frame.baseSha}^{tree}`,
    to: change.treeSha,
    onto: baselineTree,
    scratchIndex: join(workspace.trusted, 'restore.scratch'),
    signal,
  });
  const indexFile = join(workspace.trusted, 'restore.index');
  await copyIndex(baselineIndex(workspace), indexFile);
  await deps.git.run(['read-tree', '-m', '-u', '--end-of-options', baselineTree, tree], {
    gitDir: workspace.mirror,
    workTree: workspace.work,
    indexFile,
    cwd: workspace.work,
    signal,
    what: 'checkout of the earlier change',
  });
}
