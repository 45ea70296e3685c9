import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { appendFile, chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishChange } from '../../activities/publish-change.ts';
import {
  makeFrame,
  makeHost,
  makeRemote,
  memoryArtifacts,
  naiveGit,
  NEEDS,
  temporaryFolder,
  writeFiles,
} from '../support/git-fixture.ts';

jest.setTimeout(60_000);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** Plants in a repository everything by which git can be made to run a program; each leaves a file in `markers`. */
async function plant(work: string, markers: string): Promise<void> {
  await mkdir(markers, { recursive: true });
  await rm(join(work, '.git', 'info', 'attributes'), { force: true });
  const script = async (name: string) => {
    const path = join(markers, '..', `${name}.sh`);
    await writeFile(path, `#!/bin/sh\ntouch '${markers}/${name}'\ncat\n`);
    await chmod(path, 0o755);
    return path;
  };
  const config = [
    `[core]\n\tfsmonitor = ${await script('fsmonitor')}\n\tsshCommand = ${await script('ssh')}\n\thooksPath = ${join(work, '.git', 'evil-hooks')}`,
    `[filter "evil"]\n\tclean = ${await script('clean')}\n\tsmudge = ${await script('smudge')}\n\trequired = true`,
    `[diff]\n\texternal = ${await script('diff')}\n[diff "evil"]\n\ttextconv = ${await script('textconv')}`,
    `[credential]\n\thelper = "!${await script('credential')}"\n[core]\n\tpager = ${await script('pager')}`,
    `[gpg]\n\tprogram = ${await script('gpg')}\n[commit]\n\tgpgSign = true\n[alias]\n\tstatus = "!${await script('alias')}"`,
  ];
  await appendFile(join(work, '.git', 'config'), config.join('\n'));
  await writeFile(join(work, '.gitattributes'), '* filter=evil diff=evil merge=evil\n');
  for (const hooks of ['hooks', 'evil-hooks']) {
    for (const name of ['pre-commit', 'post-checkout', 'post-index-change', 'reference-transaction', 'pre-push']) {
      await writeFiles(join(work, '.git', hooks), { [name]: `#!/bin/sh\ntouch '${markers}/${hooks}-${name}'\n` });
      await chmod(join(work, '.git', hooks, name), 0o755);
    }
  }
}

async function plantedHost(base: Record<string, string>) {
  const remote = await makeRemote(folder.path, base);
  const artifacts = memoryArtifacts();
  const host = makeHost({ root: join(folder.path, 'host'), url: remote.url, artifacts });
  const frame = makeFrame({ baseSha: remote.sha });
  const { work } = await host.workspaces.open({ frame, needs: NEEDS, restore: null });
  const markers = join(folder.path, 'markers');
  await plant(work, markers);
  await writeFile(join(work, 'src.txt'), 'edited\n');
  return { remote, artifacts, host, frame, work, markers };
}

describe('a repository that the session filled with programs to run', () => {
  it('makes a naive git run them', async () => {
    const { markers, work } = await plantedHost({ 'src.txt': 'one\n' });

    try {
      naiveGit(work, 'add', '-A');
    } catch {
      // what it answers does not matter
    }

    expect(readdirSync(markers)).toEqual(expect.arrayContaining(['clean', 'fsmonitor']));
  });

  it('runs none of them in our capture, reopening, publishing and closing', async () => {
    const { artifacts, frame, host, markers, remote } = await plantedHost({ 'src.txt': 'one\n' });
    const control = makeHost({ root: join(folder.path, 'control'), url: remote.url, artifacts });

    const change = await host.workspaces.capture(frame, 'fix');
    await host.workspaces.open({ frame, needs: NEEDS, restore: null });
    await publishChange(
      {
        ...control,
        artifacts,
        ledger: { checkEpoch: async () => {}, find: async () => undefined, recordPush: async () => {} },
        remoteOf: async () => ({ url: remote.url }),
      },
      { frame, change },
    );
    await host.workspaces.close(frame);

    expect(change.paths).toEqual(['.gitattributes', 'src.txt']);
    expect(naiveGit(remote.url, 'cat-file', 'blob', `${frame.branch}:src.txt`)).toBe('edited\n');
    expect(readdirSync(markers)).toEqual([]);
  });

  it('cannot be entered by way of a nested repository or a base that asks for filters', async () => {
    const { frame, host, markers, work } = await plantedHost({
      'src.txt': 'one\n',
      '.gitattributes': '* filter=evil\n',
    });
    const nested = join(work, 'nested');
    await mkdir(nested);
    naiveGit(nested, 'init', '-q', '--template=');
    await plant(nested, markers);

    const change = await host.workspaces.capture(frame, 'fix');

    expect(change.losses).toHaveLength(1);
    expect(readdirSync(markers)).toEqual([]);
  });
});
