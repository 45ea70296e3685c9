import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runProgram } from '../../src/supervisor/programs.ts';
import { resolveTemporal } from '../../src/temporal/resolve-temporal.ts';

/** Answers as the tool does to the questions that tell whether it can be used. */
function tool(version: string): string {
  return [
    '#!/bin/sh',
    `[ "$1" = --version ] && echo "temporal version ${version} (Server 1.29.1)"`,
    '[ "$1" = server ] && echo "--db-filename --dynamic-config-value --search-attribute --sqlite-pragma --headless"',
    'exit 0',
  ].join('\n');
}

describe('finding the temporal binary', () => {
  let folder: string;
  let cacheDir: string;
  let bin: string;
  let server: Server | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'taskfleet-resolve-'));
    cacheDir = join(folder, 'cache');
    bin = join(folder, 'bin');
    await mkdir(bin);
  });

  afterEach(async () => {
    server?.close();
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function install(file: string, text: string): Promise<void> {
    await writeFile(file, text);
    await chmod(file, 0o755);
  }

  /** PATH has the tools of this test and the few that any machine has. */
  function env(): Record<string, string> {
    return { PATH: `${bin}:/usr/bin:/bin`, BIN: bin };
  }

  async function serve(status: number, body?: Buffer): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status).end(body);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server?.once('listening', resolve));
    return { url: `http://127.0.0.1:${(server?.address() as AddressInfo).port}`, asked };
  }

  async function archive(): Promise<Buffer> {
    await install(join(folder, 'temporal'), tool('1.5.1'));
    const file = join(folder, 'archive.tar.gz');
    const args = ['-czf', file, '-C', folder, 'temporal'];
    await runProgram({ command: 'tar', args, env: env(), timeoutMs: 10_000 });
    return await readFile(file);
  }

  it('takes the one on PATH when it is recent enough', async () => {
    await install(join(bin, 'temporal'), tool('1.3.0'));

    const found = await resolveTemporal({ cacheDir, env: env() });

    expect(found).toEqual({ path: join(bin, 'temporal'), source: 'path' });
  });

  it('passes over an old one on PATH and takes the cached one', async () => {
    await install(join(bin, 'temporal'), tool('1.1.2'));
    await mkdir(join(cacheDir, 'bin'), { recursive: true });
    await install(join(cacheDir, 'bin', 'temporal'), tool('0.0.0-DEV'));

    const found = await resolveTemporal({ cacheDir, env: env() });

    expect(found).toEqual({ path: join(cacheDir, 'bin', 'temporal'), source: 'cache' });
  });

  it('refuses a binary that was set and is none, in place of passing over it', async () => {
    await install(join(bin, 'temporal'), tool('1.5.1'));

    const attempt = resolveTemporal({ executable: '/bin/false', cacheDir, env: env() });

    await expect(attempt).rejects.toMatchObject({ type: 'ConfigError' });
  });

  it('downloads it once when two processes ask at the same time', async () => {
    const { url, asked } = await serve(200, await archive());
    const options = { cacheDir, env: env(), downloadUrl: url };

    const found = await Promise.all([resolveTemporal(options), resolveTemporal(options)]);

    expect(found.map(({ source }) => source).sort()).toEqual(['cache', 'download']);
    expect(asked).toHaveLength(1);
    expect((await readdir(join(cacheDir, 'bin'))).filter((name) => name.startsWith('.'))).toEqual([]);
  }, 30_000);

  it('builds it when the download is refused, and says what it does', async () => {
    const { url } = await serve(403);
    await install(join(folder, 'built'), tool('0.0.0-DEV'));
    const go = `#!/bin/sh\n[ "$1" = version ] && echo "go version go1.26.8 linux/amd64" && exit 0\ncp ${folder}/built $GOBIN/temporal\n`;
    await install(join(bin, 'go'), go);
    const progress: string[] = [];

    const options = { cacheDir, env: env(), downloadUrl: url, onProgress: (line: string) => void progress.push(line) };
    const found = await resolveTemporal(options);

    expect(found).toEqual({ path: join(cacheDir, 'bin', 'temporal'), source: 'build' });
    expect(progress.join('\n')).toMatch(/403[\s\S]*building temporal v1\.5\.1 with go/);
  });

  it('gives a silent download up, and names all it tried and the mends when nothing works', async () => {
    server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => server?.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await install(join(bin, 'go'), '#!/bin/sh\necho "go version go1.20.1 linux/amd64"\n');

    const attempt = resolveTemporal({ cacheDir, env: env(), downloadUrl: url, downloadSilenceMs: 200 });

    await expect(attempt).rejects.toMatchObject({
      type: 'ConfigError',
      message: expect.stringMatching(/none on PATH; download: nothing came for 0\.2 s; build: go 1\.20/),
      hint: expect.stringMatching(/docs\.temporal\.io.*TASKFLEET_TEMPORAL.*Go 1\.23/),
    });
    server.closeAllConnections();
  });
});
