import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

// real processes, disks and sockets: how long they take depends on what else the machine does
jest.setTimeout(30_000);

const run = promisify(execFile);
const WRITER = join(import.meta.dirname, '../support/ledger-writer.ts');

describe('one ledger file used by two processes at once', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is made once, fixes one branch, and gives no epoch twice', async () => {
    const file = join(folder, 'ledger.db');
    const write = async (branch: string) => {
      const { stdout } = await run(process.execPath, [WRITER, file, 'task:x', 'shared', branch, '50']);
      return JSON.parse(stdout) as { branch: string; base: string; epochs: number[] };
    };

    const [one, two] = await Promise.all([write('claude/one'), write('claude/two')]);

    expect(one.branch).toBe(two.branch);
    expect(['claude/one', 'claude/two']).toContain(one.branch);
    expect(one.base).toBe(one.branch);
    expect(two.base).toBe(one.branch);
    const epochs = [...one.epochs, ...two.epochs].sort((a, b) => a - b);
    expect(epochs).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    for (const { epochs: own } of [one, two]) expect(own).toEqual([...own].sort((a, b) => a - b));
  });
});
