import { Mutex } from 'async-mutex';
import { mkdir } from 'node:fs/promises';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { TaskFrame } from '../contract/activities.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { importBundle } from '../git/bundles.ts';
import { deleteTaskRefs } from '../git/delete-task-refs.ts';
import type { Git } from '../git/git.ts';
import type { Mirrors } from '../git/mirrors.ts';
import type { FreeResources } from '../host/free-resources.ts';
import type { SlotPool } from '../host/slot-pool.ts';
import { hasAgentRepository } from './agent-repository.ts';
import { createBaseFacts } from './base-facts.ts';
import { captureChange } from './capture-change.ts';
import { layWorkspace, type LayDeps, repairAgentRepository } from './lay-workspace.ts';
import { type Metadata, readMetadata } from './metadata.ts';
import { removeTree } from './remove-tree.ts';
import { takeSlot } from './take-slot.ts';
import { workspaceFolders, type OpenRequest, type Workspace, type Workspaces } from './workspace.ts';

export interface WorkspacesDeps {
  /** Folder of all workspaces of this host. */
  readonly root: string;
  readonly git: Git;
  readonly mirrors: Mirrors;
  readonly slots: SlotPool;
  readonly artifacts: ArtifactStore;
  /** Where this host fetches a repository from: the coordinator, with the host's own token. */
  readonly remoteOf: (repo: string) => { readonly url: string; readonly headers?: Readonly<Record<string, string>> };
  /** Runs set-up commands and services; a failure is a TypedError `SetupFailed`. */
  readonly prepare: LayDeps['prepare'];
  readonly freeResources: (folder: string) => Promise<FreeResources>;
  /** What tasks may see of the host's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** First port of the ranges that tasks get, 100 ports each. */
  readonly portBase: number;
  /** Who commits. */
  readonly author: { readonly name: string; readonly email: string };
  /** How long `open` waits for a slot before it says that the host is busy. Default 3 s. */
  readonly slotWaitMs?: number;
}

const PORTS_PER_TASK = 100;

export function createWorkspaces(deps: WorkspacesDeps): Workspaces {
  const { git, mirrors, slots } = deps;
  const facts = createBaseFacts(git);
  const locks = new Map<string, Mutex>();

  /** One step at a time works on a workspace. */
  function exclusively<T>(key: string, run: () => Promise<T>): Promise<T> {
    const lock = locks.get(key) ?? new Mutex();
    locks.set(key, lock);
    return lock.runExclusive(run);
  }

  function describe(frame: TaskFrame, slot: number): Workspace {
    const folders = workspaceFolders(deps.root, frame.key);
    const portBase = deps.portBase + slot * PORTS_PER_TASK;
    return {
      key: frame.key,
      ...folders,
      mirror: mirrors.path(frame.repo),
      portBase,
      env: {
        ...deps.env,
        ...frame.settings.env,
        HOME: folders.home,
        TMPDIR: folders.tmp,
        TASKFLEET_PORT_BASE: String(portBase),
      },
    };
  }

  async function freshen(frame: TaskFrame, signal: AbortSignal | undefined): Promise<void> {
    if (frame.repo === null) {
      const { sha } = await mirrors.scratch(signal);
      if (sha !== frame.baseSha) throw lost(frame, 'its base is not the empty commit');
      return;
    }
    await mirrors.fetch({ key: frame.repo, ...deps.remoteOf(frame.repo), needs: frame.baseSha, signal });
  }

  async function open(request: OpenRequest): Promise<Workspace & { readonly setupMs: number }> {
    const { frame, signal } = request;
    const before = slots.tasks.includes(frame.id);
    const slot = await takeSlot(slots, { taskId: frame.id, waitMs: deps.slotWaitMs ?? 3_000, signal });
    const workspace = describe(frame, slot.index);
    let setupMs = 0;
    try {
      await exclusively(frame.key, async () => {
        if (await sound(workspace, frame)) return;
        await checkNeeds(request);
        await freshen(frame, signal);
        setupMs = await lay(request, workspace);
      });
      return { ...workspace, setupMs };
    } catch (error) {
      // another host may be asked next: this one must not keep a slot for a task that it does not work on
      if (!before) slots.release(frame.id);
      throw error;
    }
  }

  /** Lays the workspace; what is half laid is removed again, as the task may never come back here. Resolves to the set-up's time. */
  async function lay(request: OpenRequest, workspace: Workspace): Promise<number> {
    const { frame, signal } = request;
    let setupMs = 0;
    try {
      await layWorkspace(
        {
          git,
          facts,
          async prepare(what) {
            const began = performance.now();
            const touched = await deps.prepare(what);
            setupMs = Math.round(performance.now() - began);
            return touched;
          },
          author: deps.author,
          async importChange(mirror, { key, baseSha }, { bundle, headSha, treeSha }) {
            const content = await deps.artifacts.get(bundle as string);
            await importBundle(git, { mirror, key, content, headSha, baseSha, treeSha, as: 'head', signal });
          },
        },
        { frame, workspace, restore: request.restore, signal },
      );
      return setupMs;
    } catch (error) {
      await removeTree(workspace.root);
      throw error;
    }
  }

  async function sound(workspace: Workspace, frame: TaskFrame): Promise<Metadata | undefined> {
    const metadata = await readMetadata(workspace, frame);
    if (metadata && !(await hasAgentRepository(workspace.work))) {
      await repairAgentRepository({ author: deps.author }, { frame, workspace });
    }
    return metadata;
  }

  async function checkNeeds({ needs }: OpenRequest): Promise<void> {
    await mkdir(deps.root, { recursive: true, mode: 0o700 });
    const free = await deps.freeResources(deps.root);
    if (free.diskMb < needs.diskMb) {
      throw new TypedError(
        FailureType.DiskFull,
        `This host has ${free.diskMb} MB of free disk; the stage needs ${needs.diskMb} MB.`,
        { hint: 'Free some disk space, or lower the stage’s needs.' },
      );
    }
    if (free.memoryMb < needs.memoryMb) {
      throw new TypedError(
        FailureType.ResourceShortage,
        `This host has ${free.memoryMb} MB of free memory; the stage needs ${needs.memoryMb} MB.`,
        { hint: 'Lower the number of slots, or the stage’s needs.' },
      );
    }
  }

  /** The workspace with its slot taken again, after a restart of this process for instance. */
  async function find(frame: TaskFrame, signal?: AbortSignal): Promise<{ workspace: Workspace; metadata: Metadata }> {
    const metadata = await readMetadata(workspaceFolders(deps.root, frame.key), frame);
    if (!metadata) throw lost(frame, 'this host has no workspace of it');
    const slot = await takeSlot(slots, { taskId: frame.id, waitMs: deps.slotWaitMs ?? 3_000, signal });
    return { workspace: describe(frame, slot.index), metadata };
  }

  return {
    open,

    async find(frame, signal) {
      return (await find(frame, signal)).workspace;
    },

    async capture(frame, changeType, signal) {
      return exclusively(frame.key, async () => {
        const { workspace, metadata } = await find(frame, signal);
        return captureChange(
          { git, facts, artifacts: deps.artifacts, author: deps.author },
          { frame, workspace, baselineTree: metadata.baselineTree, changeType, signal },
        );
      });
    },

    rest(frame) {
      slots.release(frame.id);
    },

    async close(frame) {
      await exclusively(frame.key, async () => {
        await Promise.all([
          removeTree(workspaceFolders(deps.root, frame.key).root),
          deleteTaskRefs(git, mirrors.path(frame.repo), frame.key),
        ]);
        slots.release(frame.id);
      });
      locks.delete(frame.key);
    },
  };
}

function lost(frame: TaskFrame, why: string): TypedError {
  return new TypedError(FailureType.WorkspaceLost, `The workspace of ${frame.id} is lost: ${why}.`);
}
