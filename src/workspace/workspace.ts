import { join } from 'node:path';
import type { Change, TaskFrame } from '../contract/activities.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

/** A working copy that belongs to one task, on this host. All paths are absolute. */
export interface Workspace {
  readonly key: string;
  readonly root: string;
  /** The session's tree, with a repository of its own: everything in it is hostile to us. */
  readonly work: string;
  /** TMPDIR of all that runs for the task. */
  readonly tmp: string;
  /** Claude Code's configuration folder. */
  readonly claude: string;
  /** HOME of all that runs for the task. */
  readonly home: string;
  /** Ours: index, exclude list, metadata. No process of the task's may see it. */
  readonly trusted: string;
  /** The repository that we keep: the session may read its `objects`, and write nothing there. */
  readonly mirror: string;
  readonly portBase: number;
  /** The environment of set-up, services, session and gates: what the operator passes and set, then ours. */
  readonly env: Readonly<Record<string, string>>;
}

export interface OpenRequest {
  readonly frame: TaskFrame;
  readonly needs: { readonly diskMb: number; readonly memoryMb: number };
  readonly restore: Change | null;
  readonly signal?: AbortSignal | undefined;
}

/** The workspaces of this host. */
export interface Workspaces {
  /** Takes a slot and lays the workspace; a sound one of the same run is kept as it is. */
  open(request: OpenRequest): Promise<Workspace & { readonly setupMs: number }>;
  /** The workspace as it stands, its slot taken again where a restart forgot it; throws `WorkspaceLost` where there is none, so that lost work is not taken for no work. */
  find(frame: TaskFrame, signal?: AbortSignal): Promise<Workspace>;
  /** Commits what changed since set-up on top of the base, and uploads the bundle. */
  capture(frame: TaskFrame, changeType: string | null, signal?: AbortSignal): Promise<Change>;
  /** Frees the slot and leaves the folder for when the task goes on. End its processes first. */
  rest(frame: TaskFrame): void;
  /** Frees the slot and removes the folder and our refs; a no-op where there is nothing. End its processes first. */
  close(frame: TaskFrame): Promise<void>;
}

/** The folders of one task. */
export function workspaceFolders(
  root: string,
  key: string,
): Pick<Workspace, 'root' | 'work' | 'tmp' | 'claude' | 'home' | 'trusted'> {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,200}$/.test(key)) {
    throw new TypedError(FailureType.BadInput, `'${key.slice(0, 200)}' cannot name a workspace.`);
  }
  const own = join(root, key);
  return {
    root: own,
    work: join(own, 'work'),
    tmp: join(own, 'tmp'),
    claude: join(own, 'claude'),
    home: join(own, 'home'),
    trusted: join(own, 'trusted'),
  };
}
