import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

/** Our own bare repositories, and nothing of the machine's or the user's configuration. */
const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  LANG: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

/** Runs git to its end and resolves to what it wrote; rejects with its complaint. */
export async function runGit(gitDir: string, args: readonly string[], input?: Buffer | string): Promise<Buffer> {
  const child = startGit(['--git-dir', gitDir, ...args], {});
  const out: Buffer[] = [];
  const complaint: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaint.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await exitOf(child);
  if (code === 0) return Buffer.concat(out);
  throw new Error(`git ${args[0] ?? ''} failed: ${Buffer.concat(complaint).toString().trim()}`);
}

/** The same, or undefined where git says no. */
export async function tryGit(gitDir: string, args: readonly string[]): Promise<string | undefined> {
  return runGit(gitDir, args).then(
    (out) => out.toString().trim(),
    () => undefined,
  );
}

export function startGit(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcessWithoutNullStreams {
  return spawn('git', [...args], { env: { ...ENVIRONMENT, ...env }, stdio: 'pipe' });
}

export function exitOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
}
