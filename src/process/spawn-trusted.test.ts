import { execFile } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { spawnTrusted } from './spawn-trusted.ts';
import { promptly } from '../../test/support/promptly.ts';

const run = promisify(execFile);
const never = new AbortController().signal;
const place = { cwd: '/', env: { PATH: '/usr/bin:/bin', ONLY: 'this' } };

/** A killed orphan may stay in the process table for a moment, until somebody has read how it ended. */
async function isGone(pid: number): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.trim() === '' || stdout.startsWith('Z');
}

describe('a trusted program', () => {
  it('reads its input, writes its output, and sees no environment but its own', async () => {
    const child = spawnTrusted({
      command: 'sh',
      args: ['-c', 'cat; env | grep -c ONLY; exit 3'],
      signal: never,
      ...place,
    });
    child.stdin.end('hello ');

    expect(await text(child.stdout)).toBe('hello 1\n');
    expect(await child.exited).toBe(3);
  });

  it('that does not exist ends at once', async () => {
    const child = spawnTrusted({ command: '/no/such/program', args: [], signal: never, ...place });

    expect(await child.exited).toBeNull();
  });

  it('is gone with all it started within two seconds of its signal, even if it will not go', async () => {
    const stop = new AbortController();
    const script = "trap '' TERM; sleep 60 & echo $!; wait; sleep 60";
    const child = spawnTrusted({ command: 'sh', args: ['-c', script], signal: stop.signal, ...place });
    const pid = await new Promise<number>((resolve) => child.stdout.once('data', (data) => resolve(Number(data))));
    const begun = Date.now();

    stop.abort();
    await child.exited;

    expect(Date.now() - begun).toBeLessThan(promptly(2500));
    expect(await isGone(pid)).toBe(true);
  });

  it('is ended when its signal was aborted before', async () => {
    const child = spawnTrusted({ command: 'sleep', args: ['60'], signal: AbortSignal.abort(), ...place });

    expect(await child.exited).toBeNull();
  });
});
