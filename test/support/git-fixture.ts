import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import type { TaskFrame } from '../../src/contract/activities.ts';
import { RepoSettings } from '../../src/contract/repo-settings.ts';
import { createGit } from '../../src/git/git.ts';
import { createMirrors } from '../../src/git/mirrors.ts';
import { createSlotPool } from '../../src/host/slot-pool.ts';
import type { PrepareRequest } from '../../src/workspace/lay-workspace.ts';
import { createWorkspaces } from '../../src/workspace/workspaces.ts';

/** A user's own git: with whatever configuration stands in the folder, as an agent would run it. */
export function naiveGit(cwd: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export type Files = Readonly<Record<string, string | Buffer>>;

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'taskfleet-git-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A bare remote with one commit of these files on main; no files make it empty. */
export async function makeRemote(folder: string, files: Files): Promise<{ url: string; sha: string }> {
  const url = join(folder, 'remote.git');
  naiveGit(folder, 'init', '-q', '--bare', url);
  if (Object.keys(files).length === 0) return { url, sha: '' };
  const seed = join(folder, 'seed');
  await mkdir(seed);
  naiveGit(seed, 'init', '-q');
  await writeFiles(seed, files);
  naiveGit(seed, 'add', '-A', '-f');
  naiveGit(seed, 'commit', '-q', '-m', 'base');
  naiveGit(seed, 'push', '-q', url, 'main');
  return { url, sha: naiveGit(seed, 'rev-parse', 'HEAD').trim() };
}

export function memoryArtifacts(): ArtifactStore & { readonly kept: Map<string, Buffer> } {
  const kept = new Map<string, Buffer>();
  return {
    kept,
    async put(content) {
      const digest = createHash('sha256').update(content).digest('hex');
      kept.set(digest, content);
      return digest;
    },
    async get(digest) {
      return kept.get(digest) as Buffer;
    },
  };
}

export function makeFrame(given: Partial<TaskFrame> & { readonly baseSha: string }): TaskFrame {
  return {
    id: 'task:local/o/r#12',
    generation: 1,
    epoch: 1,
    key: 'local-o-r-12',
    repo: 'local/o/r',
    kind: 'git',
    issue: 12,
    issueUrl: null,
    title: 'The parser crashes',
    branch: 'claude/issue-12-20261121142000',
    base: 'main',
    specialty: { name: 'general', model: 'sonnet', prompt: 'general', tools: [] },
    settings: RepoSettings.parse({}),
    brief: '0'.repeat(64),
    ...given,
  };
}

export interface HostOptions {
  readonly root: string;
  readonly url: string;
  readonly artifacts?: ArtifactStore;
  readonly slots?: number;
  readonly prepare?: (request: PrepareRequest) => Promise<void>;
  readonly free?: { readonly diskMb: number; readonly memoryMb: number };
}

/** A session host on real git; two with the same root are one host before and after a restart. */
export function makeHost(options: HostOptions) {
  const git = createGit({ env: { PATH: process.env['PATH'] ?? '' } });
  const mirrors = createMirrors({ root: join(options.root, 'mirrors'), git });
  const artifacts = options.artifacts ?? memoryArtifacts();
  const slots = createSlotPool(options.slots ?? 2);
  const workspaces = createWorkspaces({
    root: join(options.root, 'workspaces'),
    git,
    mirrors,
    slots,
    artifacts,
    remoteOf: () => ({ url: options.url }),
    prepare: options.prepare ?? (async () => {}),
    freeResources: async () => options.free ?? { diskMb: 100_000, memoryMb: 100_000 },
    env: { PATH: process.env['PATH'] ?? '' },
    portBase: 21_000,
    author: { name: 'taskfleet', email: 'taskfleet@users.noreply.github.com' },
    slotWaitMs: 50,
  });
  return { git, mirrors, artifacts, slots, workspaces };
}

export const NEEDS = { diskMb: 1, memoryMb: 1 };

/** What an ordinary repository of these tests holds. */
export const BASE_FILES = {
  'README.md': 'hello\n',
  'src/a.txt': 'one\ntwo\n',
  'src/b.txt': 'b\n',
  'run.sh': '#!/bin/sh\n',
};

/** An open workspace on a new remote repository with these files; remote and host are folders in `folder`. */
export async function openWorkspace(folder: string, files: Files, more: Partial<HostOptions> = {}) {
  const remote = await makeRemote(folder, files);
  const host = makeHost({ root: join(folder, 'host'), url: remote.url, ...more });
  const frame = makeFrame({ baseSha: remote.sha });
  const workspace = await host.workspaces.open({ frame, needs: NEEDS, restore: null });
  return { remote, host, frame, workspace, work: workspace.work };
}
