import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkFolders } from './check-folders.ts';

describe('the folders that doctor looks at', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'taskfleet-folders-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are named, also before they are there', () => {
    const [data, cache, disk] = checkFolders({ dataDir: folder, cacheDir: join(folder, 'not', 'yet') });

    expect(data).toMatchObject({ name: 'data folder', verdict: 'ok', found: folder });
    expect(cache).toMatchObject({ verdict: 'ok', found: `${join(folder, 'not', 'yet')} (made when it is needed)` });
    expect(disk?.found).toContain(`GB free at ${folder}`);
  });

  it('are found wanting where nothing can be written', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '', { mode: 0o444 });

    const [data] = checkFolders({ dataDir: join(file, 'data'), cacheDir: folder });

    expect(data).toMatchObject({ verdict: 'missing', required: true });
    expect(data?.mend).toContain('TASKFLEET_DATA_DIR');
  });
});
