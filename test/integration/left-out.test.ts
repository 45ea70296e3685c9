import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { join } from 'node:path';
import { RepoSettings } from '../../src/contract/repo-settings.ts';
import {
  BASE_FILES,
  makeFrame,
  makeHost,
  makeRemote,
  NEEDS,
  temporaryFolder,
  writeFiles,
  type Files,
} from '../support/git-fixture.ts';

jest.setTimeout(60_000);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** What a change says of files that a session wrote, on a base, after a set-up that wrote its own. */
async function capture(files: { base?: Files; setup?: Files; session: Files; exclude?: string[] }) {
  const remote = await makeRemote(folder.path, { ...BASE_FILES, ...files.base });
  const host = makeHost({
    root: join(folder.path, 'host'),
    url: remote.url,
    prepare: ({ workspace }) => writeFiles(workspace.work, files.setup ?? {}),
  });
  const settings = RepoSettings.parse({ exclude: files.exclude ?? [] });
  const frame = makeFrame({ baseSha: remote.sha, settings });
  const { work } = await host.workspaces.open({ frame, needs: NEEDS, restore: null });
  await writeFiles(work, files.session);
  return await host.workspaces.capture(frame, 'feat');
}

describe('what is left out of a change because of its name', () => {
  it('is named where the session made it, wherever it lies', async () => {
    const change = await capture({
      session: { 'build/rules.js': '1', 'build/more/x.js': '1', 'new/out/a.txt': '1', 'new/b.txt': '1' },
    });

    expect(change.paths).toEqual(['new/b.txt']);
    expect(change.losses).toEqual([
      'build/ is new and named like build output: its files are left out',
      'new/out/ is new and named like build output: its files are left out',
    ]);
  });

  it('is named also where nothing else was changed', async () => {
    const change = await capture({ session: { 'target/main.rs': '1' } });

    expect(change).toMatchObject({ files: 0, bundle: null });
    expect(change.losses).toHaveLength(1);
  });

  it('is not named where set-up made it, or the repository itself leaves it out', async () => {
    const change = await capture({
      base: { '.gitignore': 'coverage/\n', 'lib/.gitignore': 'dist/\n' },
      setup: { 'build/made-by-setup.js': '1' },
      session: {
        'build/rebuilt.js': '1',
        'coverage/index.html': '1',
        'lib/dist/x.js': '1',
        'node_modules/x/dist/index.js': '1',
      },
    });

    expect(change.losses).toEqual([]);
  });

  it('goes in where the base tracks the folder, or the operator says so', async () => {
    const change = await capture({
      base: { 'lib/build/tool.txt': '1' },
      session: { 'lib/build/new.txt': '1', 'dist/wanted.js': '1' },
      exclude: ['!/dist/'],
    });

    expect(change.paths).toEqual(['dist/wanted.js', 'lib/build/new.txt']);
    expect(change.losses).toEqual([]);
  });
});
