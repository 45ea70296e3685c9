import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { ArtifactDigest } from '../contract/activities.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { damagedArtifact, digestOf, isDigest, missingArtifact, oversizeArtifact } from './artifact-digest.ts';
import { MAX_ARTIFACT_BYTES, type ArtifactStore } from './artifact-store.ts';
import type { ArtifactStreams } from './artifact-streams.ts';

const CHUNK_BYTES = 1024 * 1024;
const STALE_MS = 24 * 60 * 60 * 1000;

/**
 * Opens the artifact store in a folder: `<root>/<first two digits>/<digest>`, written aside, synced and renamed,
 * so that a crash leaves a whole artifact or none. Damaged content is put aside when it is read, so that the next put heals it.
 * Throws TypedError DiskFull when there is no room.
 */
export async function openFolderArtifacts(options: {
  readonly root: string;
  /** Largest artifact that is taken. Default: the limit of every store. */
  readonly maxBytes?: number;
}): Promise<ArtifactStore & ArtifactStreams> {
  const { root, maxBytes = MAX_ARTIFACT_BYTES } = options;
  const incoming = join(root, 'incoming');
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  await removeStale(incoming);

  const pathOf = (digest: ArtifactDigest): string => {
    if (!isDigest(digest)) throw missingArtifact(digest.slice(0, 64));
    return join(root, digest.slice(0, 2), digest);
  };

  const store = async (content: Chunks, expected: ArtifactDigest): Promise<void> => {
    const path = pathOf(expected);
    const aside = join(incoming, randomUUID());
    try {
      const actual = await writeAside(content, { path: aside, maxBytes });
      if (actual !== expected) throw forged(expected, actual);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(aside, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(aside, { force: true });
      throw toStoreFailure(error, root);
    }
  };

  return {
    async put(content) {
      if (content.byteLength > maxBytes) throw oversizeArtifact(maxBytes);
      const digest = digestOf(content);
      if (!(await exists(pathOf(digest), content.byteLength))) await store(chunksOf(content), digest);
      return digest;
    },
    async get(digest) {
      const path = pathOf(digest);
      const content = await readFile(path).catch((error: unknown) => {
        throw isMissing(error) ? missingArtifact(digest) : error;
      });
      if (digestOf(content) === digest) return content;
      await putAside(path);
      throw damagedArtifact(digest);
    },
    putStream: store,
    async getStream(digest) {
      const path = pathOf(digest);
      const file = await open(path).catch((error: unknown) => {
        throw isMissing(error) ? missingArtifact(digest) : error;
      });
      const { size } = await file.stat();
      return { bytes: size, content: Readable.from(readChecked(file, { path, digest }), { objectMode: false }) };
    },
  };
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
type OpenFile = Awaited<ReturnType<typeof open>>;

/** Writes and syncs; resolves to the digest of what was written. */
async function writeAside(
  content: Chunks,
  target: { readonly path: string; readonly maxBytes: number },
): Promise<ArtifactDigest> {
  const hash = createHash('sha256');
  const file = await open(target.path, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const chunk of content) {
      bytes += chunk.byteLength;
      if (bytes > target.maxBytes) throw oversizeArtifact(target.maxBytes);
      hash.update(chunk);
      await writeAll(file, chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function writeAll(file: OpenFile, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.byteLength;) {
    written += (await file.write(chunk, written, chunk.byteLength - written)).bytesWritten;
  }
}

async function* readChecked(
  file: OpenFile,
  artifact: { readonly path: string; readonly digest: ArtifactDigest },
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  try {
    // the last chunk is held back until the digest is known: damaged content must not look whole
    let held: Buffer | undefined;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      if (held) yield held;
      held = chunk;
    }
    if (hash.digest('hex') !== artifact.digest) {
      await putAside(artifact.path);
      throw damagedArtifact(artifact.digest);
    }
    if (held) yield held;
  } finally {
    await file.close();
  }
}

function* chunksOf(content: Buffer): Generator<Uint8Array> {
  for (let start = 0; start < content.byteLength; start += CHUNK_BYTES)
    yield content.subarray(start, start + CHUNK_BYTES);
}

async function exists(path: string, bytes: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.size === bytes;
}

async function putAside(path: string): Promise<void> {
  await rename(path, `${path}.damaged`).catch(() => undefined);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Uploads that a crash cut short; younger ones may belong to a process that is being replaced. */
async function removeStale(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { force: true });
  }
}

function forged(expected: ArtifactDigest, actual: ArtifactDigest): TypedError {
  return new TypedError(FailureType.BadInput, `The content has the digest ${actual}, not ${expected}.`, {
    hint: 'It was changed on the way, or cut short: send it again.',
  });
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function toStoreFailure(error: unknown, root: string): unknown {
  const code = codeOf(error);
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new TypedError(FailureType.DiskFull, `The disk is full: ${root} takes no more artifacts.`, {
    hint: "Free some space on the disk of the coordinator's data folder.",
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
