import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskFrame } from '../contract/activities.ts';
import type { Git } from '../git/git.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { setUpCheckout, type PrepareTools } from './prepare-workspace.ts';

/** What of a workspace a checkout of its base is made from. */
export type BaseSource = Pick<Workspace, 'root' | 'trusted' | 'mirror' | 'env' | 'portBase'>;

export interface OpenedBase {
  readonly path: string;
  dispose(): Promise<void>;
}

export type OpenBase = (frame: TaskFrame, workspace: BaseSource, signal: AbortSignal) => Promise<OpenedBase>;

/** Opens pristine checkouts of a task's base beside its workspace, set-up included, from the repository that we keep. */
export function createOpenBase(tools: PrepareTools & { readonly git: Git }): OpenBase {
  return async (frame, workspace, signal) => {
    const id = `base-${randomUUID()}`;
    const path = join(workspace.root, id);
    const indexFile = join(workspace.trusted, `${id}.index`);
    const dispose = async (): Promise<void> => {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      await rm(indexFile, { force: true });
    };
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
      await tools.git.run(['read-tree', '--reset', '-u', '--end-of-options', frame.baseSha], {
        gitDir: workspace.mirror,
        workTree: path,
        indexFile,
        cwd: path,
        signal,
        what: 'checkout of the base',
      });
      await setUpCheckout(tools, { frame, workspace: { ...workspace, work: path }, signal });
      return { path, dispose };
    } catch (error) {
      await dispose();
      throw error;
    }
  };
}
