import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { pipeline } from 'node:stream/promises';
import { runProgram } from '../supervisor/programs.ts';
import type { ProgramSpec } from '../supervisor/programs.ts';

/** Where Temporal publishes its command line tool; its SDKs and its installer take it from there. */
export const TEMPORAL_DOWNLOADS = 'https://temporal.download/cli/archive';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const PLATFORMS: readonly string[] = ['linux', 'darwin'];

export interface DownloadOptions {
  readonly baseUrl: string;
  readonly version: string;
  /** A folder on the file system where the binary will live. */
  readonly workDir: string;
  readonly env: ProgramSpec['env'];
  /** Given up when nothing arrives for so long, milliseconds. */
  readonly silenceMs: number;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Downloads and unpacks the official release into a new folder of `workDir`; resolves to the binary's path. Throws plain errors. */
export async function downloadTemporal(options: DownloadOptions): Promise<string> {
  const arch = ARCHITECTURES[process.arch];
  if (!arch || !PLATFORMS.includes(process.platform)) {
    throw new Error(`there is no release for ${process.platform} ${process.arch}`);
  }
  const url = `${options.baseUrl}/${options.version}?platform=${process.platform}&arch=${arch}`;
  options.onProgress(`downloading ${url}`);
  const folder = await mkdtemp(join(options.workDir, '.download-'));
  try {
    const archive = join(folder, 'temporal.tar.gz');
    await saveTo(archive, url, options);
    const unpack = await runProgram({
      command: 'tar',
      args: ['-xzf', archive, '-C', folder, 'temporal'],
      env: options.env,
      timeoutMs: 60_000,
    });
    if (unpack.error || unpack.code !== 0) throw new Error(`the archive cannot be unpacked: ${unpack.output.trim()}`);
    await rm(archive);
    return join(folder, 'temporal');
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function saveTo(file: string, url: string, options: DownloadOptions): Promise<void> {
  const stalled = new AbortController();
  const giveUp = () => stalled.abort(new Error(`nothing came for ${options.silenceMs / 1000} s`));
  let timer = setTimeout(giveUp, options.silenceMs);
  const signal = options.signal ? AbortSignal.any([stalled.signal, options.signal]) : stalled.signal;
  try {
    const response = await fetch(url, { signal });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const watched = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, options.silenceMs);
        yield chunk;
      }
    };
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    await pipeline(body, watched, createWriteStream(file), { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : withCause(error);
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch failed` says nothing: what it says lies in the cause. */
function withCause(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.cause instanceof Error && error.cause.message ? new Error(error.cause.message, { cause: error }) : error;
}
