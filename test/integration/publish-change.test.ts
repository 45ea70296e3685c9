import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishChange, type PublishDeps } from '../../activities/publish-change.ts';
import type { TaskFrame } from '../../src/contract/activities.ts';
import { FailureType } from '../../src/domain/failure-type.ts';
import { TypedError } from '../../src/domain/typed-error.ts';
import {
  makeFrame,
  makeHost,
  makeRemote,
  memoryArtifacts,
  naiveGit,
  NEEDS,
  temporaryFolder,
} from '../support/git-fixture.ts';

jest.setTimeout(60_000);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** A host with one edited file, and a control side with a ledger that remembers the last push. */
async function captured(given: Partial<TaskFrame> = {}) {
  const remote = await makeRemote(folder.path, { 'a.txt': 'one\n' });
  const artifacts = memoryArtifacts();
  const host = makeHost({ root: join(folder.path, 'host'), url: remote.url, artifacts });
  const control = makeHost({ root: join(folder.path, 'control'), url: remote.url, artifacts });
  const frame = makeFrame({ baseSha: remote.sha, ...given });
  const { work } = await host.workspaces.open({ frame, needs: NEEDS, restore: null });
  await writeFile(join(work, 'a.txt'), 'two\n');
  const change = await host.workspaces.capture(frame, 'fix');
  const pushed: string[] = [];
  const deps: PublishDeps = {
    ...control,
    artifacts,
    ledger: {
      checkEpoch: async () => {},
      find: async () => ({ pushedSha: pushed.at(-1) ?? null }) as never,
      recordPush: async (_id, _epoch, sha) => void pushed.push(sha),
    },
    remoteOf: async () => ({ url: remote.url }),
  };
  return { remote, artifacts, host, frame, work, change, deps, pushed };
}

async function addHook(remote: string, body: string): Promise<void> {
  await mkdir(join(remote, 'hooks'), { recursive: true });
  await writeFile(join(remote, 'hooks', 'pre-receive'), `#!/bin/sh\n${body}\n`);
  await chmod(join(remote, 'hooks', 'pre-receive'), 0o755);
}

describe('publishing a change', () => {
  it('pushes one commit on top of the base, and publishing again changes nothing', async () => {
    const { change, deps, frame, remote } = await captured();

    const publication = await publishChange(deps, { frame, change });
    await publishChange(deps, { frame, change });

    expect(publication).toEqual({ kind: 'branch', headSha: change.headSha, location: frame.branch });
    expect(naiveGit(remote.url, 'rev-parse', frame.branch, `${frame.branch}^`).trim().split('\n')).toEqual([
      change.headSha,
      remote.sha,
    ]);
    expect(naiveGit(remote.url, 'for-each-ref', '--format=%(refname:short)').trim().split('\n')).toEqual([
      frame.branch,
      'main',
    ]);
  });

  it('replaces what it pushed itself', async () => {
    const { change, deps, frame, host, remote, work } = await captured();
    await publishChange(deps, { frame, change });
    await writeFile(join(work, 'a.txt'), 'three\n');
    const repaired = await host.workspaces.capture(frame, 'fix');

    await publishChange(deps, { frame, change: repaired });

    expect(naiveGit(remote.url, 'rev-parse', frame.branch).trim()).toBe(repaired.headSha);
    expect(repaired.headSha).not.toBe(change.headSha);
  });

  it('goes on after a crash between push and ledger', async () => {
    const { change, deps, frame, pushed } = await captured();
    await publishChange(deps, { frame, change });
    pushed.length = 0;

    await publishChange(deps, { frame, change });

    expect(pushed).toEqual([change.headSha]);
  });

  it('refuses when somebody else moved the branch, and leaves their commit', async () => {
    const { change, deps, frame, remote } = await captured({ kind: 'git' });
    naiveGit(remote.url, 'update-ref', `refs/heads/${frame.branch}`, remote.sha);

    const published = publishChange(deps, { frame, change });

    await expect(published).rejects.toMatchObject({
      type: FailureType.PushRefused,
      message: expect.stringMatching(/somebody else/),
    });
    expect(naiveGit(remote.url, 'rev-parse', frame.branch).trim()).toBe(remote.sha);
  });

  it('lets one of two racing pushers win', async () => {
    const { change, deps, frame, host, remote, work } = await captured();
    await writeFile(join(work, 'a.txt'), 'other\n');
    const other = await host.workspaces.capture(frame, 'fix');
    const second = makeHost({ root: join(folder.path, 'control-2'), url: remote.url });

    // neither may push before both know what was pushed last, or they do not race
    const bothKnow = Promise.withResolvers<void>();
    let known = 0;
    const ledger = {
      ...deps.ledger,
      async find(id: string) {
        const task = await deps.ledger.find(id);
        if (++known === 2) bothKnow.resolve();
        await bothKnow.promise;
        return task;
      },
    };

    const ends = await Promise.allSettled([
      publishChange({ ...deps, ledger }, { frame, change }),
      publishChange({ ...deps, ledger, git: second.git, mirrors: second.mirrors }, { frame, change: other }),
    ]);

    expect(ends.map((end) => end.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('ends in a patch where a plain remote refuses the push, in PushRefused with the reason at a forge', async () => {
    const { artifacts, change, deps, frame, remote } = await captured();
    await addHook(remote.url, 'echo "branch is protected by policy 7" >&2; exit 1');

    const publication = await publishChange(deps, { frame, change });
    const atForge = publishChange(deps, { frame: { ...frame, kind: 'forge' }, change });

    await expect(atForge).rejects.toMatchObject({
      type: FailureType.PushRefused,
      message: expect.stringContaining('policy 7'),
    });
    expect(publication.kind).toBe('patch');
    expect((await artifacts.get(publication.location)).toString()).toContain('+two');
  });

  it('keeps a scratch task’s files as a patch', async () => {
    const artifacts = memoryArtifacts();
    const host = makeHost({ root: join(folder.path, 'host'), url: '/nowhere', artifacts });
    const control = makeHost({ root: join(folder.path, 'control'), url: '/nowhere', artifacts });
    const frame = makeFrame({ baseSha: (await host.mirrors.scratch()).sha, repo: null, kind: 'scratch' });
    const { work } = await host.workspaces.open({ frame, needs: NEEDS, restore: null });
    await writeFile(join(work, 'answer.bin'), Buffer.from([0xff, 0x00, 0xfe]));
    const change = await host.workspaces.capture(frame, null);

    const ledger = { checkEpoch: async () => {}, find: async () => undefined, recordPush: async () => {} };
    const remoteOf = () => Promise.reject(new Error('not asked'));
    const publication = await publishChange({ ...control, artifacts, ledger, remoteOf }, { frame, change });

    expect(publication.kind).toBe('patch');
    await writeFile(join(folder.path, 'p.patch'), await artifacts.get(publication.location));
    await mkdir(join(folder.path, 'applied'));
    naiveGit(join(folder.path, 'applied'), 'init', '-q');
    naiveGit(join(folder.path, 'applied'), 'am', '-q', join(folder.path, 'p.patch'));
    expect(naiveGit(join(folder.path, 'applied'), 'ls-files').trim()).toBe('answer.bin');
  });

  it('refuses a bundle that is not what was announced', async () => {
    const { artifacts, change, deps, frame, remote } = await captured();
    const garbage = await artifacts.put(Buffer.from('# v2 git bundle\nno'));

    const refused = { type: FailureType.BundleRefused };
    await expect(publishChange(deps, { frame, change: { ...change, bundle: garbage } })).rejects.toMatchObject(refused);
    await expect(publishChange(deps, { frame, change: { ...change, headSha: 'f'.repeat(40) } })).rejects.toMatchObject(
      refused,
    );
    await expect(publishChange(deps, { frame, change: { ...change, treeSha: 'f'.repeat(40) } })).rejects.toMatchObject(
      refused,
    );
    expect(naiveGit(remote.url, 'for-each-ref', '--format=%(refname)').trim()).toBe('refs/heads/main');
  });

  it('never pushes to the base branch or to a name that taskfleet would not make', async () => {
    const { change, deps, frame } = await captured();

    for (const branch of ['main', '--mirror', 'a..b', 'x$(id)']) {
      const published = publishChange(deps, { frame: { ...frame, branch }, change });
      await expect(published).rejects.toMatchObject({ type: FailureType.PushRefused });
    }
  });

  it('pushes nothing for a superseded run', async () => {
    const { change, deps, frame, remote } = await captured();
    const checkEpoch = async () => {
      throw new TypedError(FailureType.WorkspaceLost, 'superseded');
    };

    const published = publishChange({ ...deps, ledger: { ...deps.ledger, checkEpoch } }, { frame, change });

    await expect(published).rejects.toThrow('superseded');
    expect(naiveGit(remote.url, 'for-each-ref', '--format=%(refname)').trim()).toBe('refs/heads/main');
  });
});
