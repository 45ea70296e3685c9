import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { FailureType } from '../src/domain/failure-type.ts';
import {
  BASE_FILES,
  makeFrame,
  makeHost,
  makeRemote,
  memoryArtifacts,
  naiveGit,
  NEEDS,
  temporaryFolder,
} from '../test/support/git-fixture.ts';
import { createPublishActivities } from './publish-change.ts';

jest.setTimeout(60_000);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** A captured change, and the activity that publishes it, on a control side of its own. */
async function publishing() {
  const remote = await makeRemote(folder.path, BASE_FILES);
  const artifacts = memoryArtifacts();
  const host = makeHost({ root: join(folder.path, 'host'), url: remote.url, artifacts });
  const control = makeHost({ root: join(folder.path, 'control'), url: remote.url, artifacts });
  const frame = makeFrame({ baseSha: remote.sha });
  const { work } = await host.workspaces.open({ frame, needs: NEEDS, restore: null });
  await writeFile(join(work, 'src', 'a.txt'), 'changed\n');
  const change = await host.workspaces.capture(frame, 'fix');
  const books: string[] = [];
  const { publishChange } = createPublishActivities({
    ...control,
    artifacts,
    ledger: {
      checkEpoch: async (id, epoch) => void books.push(`epoch ${epoch} of ${id}`),
      find: async () => undefined,
      recordPush: async (_id, _epoch, sha) => void books.push(`pushed ${sha}`),
    },
    remoteOf: async () => ({ url: remote.url }),
  });
  return { books, change, frame, publishChange, remote };
}

/** A remote that takes its time before it takes a push, and no longer than its folder is there. */
async function slowRemote(url: string, seconds: number): Promise<string> {
  const begun = join(folder.path, 'push-begun');
  const hook = join(url, 'hooks', 'pre-receive');
  await mkdir(join(url, 'hooks'), { recursive: true });
  const wait = `n=0; while [ -e '${begun}' ] && [ $n -lt ${seconds * 10} ]; do sleep 0.1; n=$((n + 1)); done`;
  await writeFile(hook, `#!/bin/sh\ntouch '${begun}'\n${wait}\n`);
  await chmod(hook, 0o755);
  return begun;
}

describe('the activity publishChange', () => {
  it('checks the epoch before it pushes, and writes down what it pushed', async () => {
    const { books, change, frame, publishChange, remote } = await publishing();

    const publication = await new MockActivityEnvironment().run(publishChange, { frame, change });

    expect(publication).toEqual({ kind: 'branch', headSha: change.headSha, location: frame.branch });
    expect(books).toEqual([`epoch 1 of ${frame.id}`, `pushed ${change.headSha}`]);
    expect(naiveGit(remote.url, 'rev-parse', frame.branch).trim()).toBe(change.headSha);
  });

  it('beats while the remote takes its time', async () => {
    const { change, frame, publishChange, remote } = await publishing();
    await slowRemote(remote.url, 1.5);
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 1_500 });
    let beats = 0;
    environment.on('heartbeat', () => (beats += 1));

    await environment.run(publishChange, { frame, change });

    expect(beats).toBeGreaterThanOrEqual(3);
  });

  it('ends within two seconds when it is cancelled, and writes down no push', async () => {
    const { books, change, frame, publishChange, remote } = await publishing();
    const begun = await slowRemote(remote.url, 30);
    const environment = new MockActivityEnvironment();
    const running = environment.run(publishChange, { frame, change });
    running.catch(() => undefined);
    while (!existsSync(begun)) await new Promise((resolve) => setTimeout(resolve, 20));

    const cancelledAt = performance.now();
    environment.cancel('CANCELLED');

    await expect(running).rejects.toThrow('CANCELLED');
    expect(performance.now() - cancelledAt).toBeLessThan(2_000);
    expect(books).toEqual([`epoch 1 of ${frame.id}`]);
    rmSync(begun);
  });

  it('refuses a change that is none', async () => {
    const { change, frame, publishChange } = await publishing();

    const refused = new MockActivityEnvironment().run(publishChange, { frame, change: { ...change, bundle: null } });

    await expect(refused).rejects.toMatchObject({ type: FailureType.BundleRefused });
  });
});
