import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { digestOf } from './artifact-digest.ts';
import { openFolderArtifacts } from './folder-artifacts.ts';

async function* pieces(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

describe('artifacts in a folder', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'artifacts-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const fileOf = (digest: string) => join(root, digest.slice(0, 2), digest);

  it('come back as they were put, under the digest of their content', async () => {
    const artifacts = await openFolderArtifacts({ root });
    const content = randomBytes(3 * 1024 * 1024 + 7);

    const digest = await artifacts.put(content);

    expect(digest).toBe(digestOf(content));
    expect((await artifacts.get(digest)).equals(content)).toBe(true);
    const { bytes, content: stream } = await artifacts.getStream(digest);
    expect(bytes).toBe(content.byteLength);
    expect((await buffer(stream)).equals(content)).toBe(true);
  });

  it('take an empty content', async () => {
    const artifacts = await openFolderArtifacts({ root });

    const digest = await artifacts.put(Buffer.alloc(0));

    expect((await artifacts.get(digest)).byteLength).toBe(0);
    expect((await buffer((await artifacts.getStream(digest)).content)).byteLength).toBe(0);
  });

  it('are written once when they are put twice', async () => {
    const artifacts = await openFolderArtifacts({ root });
    const digest = await artifacts.put(Buffer.from('same'));
    const before = await stat(fileOf(digest));

    await artifacts.put(Buffer.from('same'));

    expect((await stat(fileOf(digest))).ino).toBe(before.ino);
  });

  it('are there again for another process', async () => {
    const digest = await (await openFolderArtifacts({ root })).put(Buffer.from('kept'));

    const reopened = await openFolderArtifacts({ root });

    expect((await reopened.get(digest)).toString()).toBe('kept');
  });

  it('that are damaged on the disk are not handed out, and are healed by the next put', async () => {
    const artifacts = await openFolderArtifacts({ root });
    const digest = await artifacts.put(Buffer.from('right'));
    await writeFile(fileOf(digest), 'wrong');

    await expect(artifacts.get(digest)).rejects.toMatchObject({ type: 'WorkspaceLost' });

    await artifacts.put(Buffer.from('right'));
    expect((await artifacts.get(digest)).toString()).toBe('right');
  });

  it('that are damaged never stream to their end', async () => {
    const artifacts = await openFolderArtifacts({ root });
    const digest = await artifacts.put(Buffer.from('right'));
    await writeFile(fileOf(digest), 'wrong');

    const { content } = await artifacts.getStream(digest);

    await expect(buffer(content)).rejects.toMatchObject({ type: 'WorkspaceLost' });
  });

  it.each(['a'.repeat(64), '', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(63)}/`])(
    'that do not exist are missed: %j',
    async (digest) => {
      const artifacts = await openFolderArtifacts({ root });

      await expect(artifacts.get(digest)).rejects.toMatchObject({ type: 'WorkspaceLost' });
      await expect(artifacts.getStream(digest)).rejects.toMatchObject({ type: 'WorkspaceLost' });
    },
  );

  it('with a forged digest are refused and leave nothing behind', async () => {
    const artifacts = await openFolderArtifacts({ root });

    const attempt = artifacts.putStream(pieces('some', 'thing'), digestOf(Buffer.from('else')));

    await expect(attempt).rejects.toMatchObject({ type: 'BadInput' });
    expect(await readdir(root)).toEqual(['incoming']);
    expect(await readdir(join(root, 'incoming'))).toEqual([]);
  });

  it('that are too large are refused while they arrive', async () => {
    const artifacts = await openFolderArtifacts({ root, maxBytes: 10 });
    let taken = 0;
    async function* endless() {
      for (;;) {
        taken += 1;
        yield Buffer.from('12345');
      }
    }

    await expect(artifacts.put(Buffer.from('12345678901'))).rejects.toMatchObject({ type: 'Refused' });
    await expect(artifacts.putStream(endless(), 'a'.repeat(64))).rejects.toMatchObject({ type: 'Refused' });
    expect(taken).toBe(3);
    expect(await readdir(join(root, 'incoming'))).toEqual([]);
  });

  it('that break off while they arrive leave nothing behind', async () => {
    const artifacts = await openFolderArtifacts({ root });
    async function* broken() {
      yield Buffer.from('half');
      throw new Error('connection lost');
    }

    await expect(artifacts.putStream(broken(), 'a'.repeat(64))).rejects.toThrow('connection lost');

    expect(await readdir(join(root, 'incoming'))).toEqual([]);
  });

  it('say that the disk is full when it is', async () => {
    const artifacts = await openFolderArtifacts({ root });
    async function* full(): AsyncGenerator<Uint8Array> {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    }

    await expect(artifacts.putStream(full(), 'a'.repeat(64))).rejects.toMatchObject({ type: 'DiskFull' });
  });

  it('cut short by a crash long ago are cleared away, and fresh ones are left alone', async () => {
    await openFolderArtifacts({ root });
    const incoming = join(root, 'incoming');
    await writeFile(join(incoming, 'old'), 'x');
    await writeFile(join(incoming, 'fresh'), 'x');
    await utimes(join(incoming, 'old'), 0, 0);

    await openFolderArtifacts({ root });

    expect(await readdir(incoming)).toEqual(['fresh']);
  });
});
