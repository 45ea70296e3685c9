import { FailureType } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import type { Git } from '../src/git/git.ts';
import { runProgram, type ProgramResult } from '../src/supervisor/programs.ts';
import type { DemoPackage } from './packages/demo-package.ts';

const COMMAND_MS = 180_000;
const STRAY = /(^|\/)(node_modules|__pycache__|package-lock\.json|\.tools)(\/|$)|\.pyc$/;

export interface BranchToCheck {
  readonly demo: DemoPackage;
  /** Clone URL or path of the repository that was pushed to. */
  readonly remote: string;
  readonly branch: string;
  /** A folder that does not exist yet. */
  readonly folder: string;
  readonly git: Git;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export interface BranchVerdict {
  readonly passes: boolean;
  /** What speaks against the branch, in sentences; none when it passes. */
  readonly problems: readonly string[];
  readonly changed: readonly string[];
}

/**
 * Judges a pushed branch from the outside, knowing nothing of the gates that ran before: a fresh clone, the package's
 * own suite, and the branch's tests alone on top of the base, where they must fail.
 */
export async function checkBranch(check: BranchToCheck): Promise<BranchVerdict> {
  const { demo, git, folder, branch } = check;
  const problems: string[] = [];
  const call = { cwd: folder, ...(check.signal && { signal: check.signal }) };
  await git.run(['clone', '--quiet', '--branch', branch, check.remote, folder], { what: `clone of ${branch}` });
  const listed = await git.run(['diff', '--name-only', '-z', 'origin/main...HEAD'], call);
  const changed = listed.toString().split('\0').filter(Boolean);
  const tests = changed.filter((path) =>
    demo.check.tests.some((one) => (one.endsWith('/') ? path.startsWith(one) : path === one)),
  );
  const strays = changed.filter((path) => STRAY.test(path));
  if (strays.length > 0) problems.push(`build output was committed: ${strays.slice(0, 3).join(', ')}`);
  if (tests.length === 0) problems.push('no test was changed');
  if (tests.length === changed.length) problems.push('nothing but tests was changed');
  for (const command of demo.check.setup) {
    const made = await shell(command, check);
    if (made.code !== 0)
      throw new TypedError(FailureType.SetupFailed, `'${command}' failed: ${made.output.slice(-500)}`);
  }
  const after = await shell(demo.check.suite, check);
  if (after.code !== 0) problems.push(`the suite is red on the branch: ${lastLine(after.output)}`);
  if (tests.length > 0) {
    await git.run(['checkout', '--quiet', '--detach', 'origin/main'], call);
    await git.run(['checkout', '--quiet', branch, '--', ...tests], call);
    const before = await shell(demo.check.suite, check);
    if (before.code === 0) problems.push('the new tests pass without the fix as well');
  }
  return { passes: problems.length === 0, problems, changed };
}

/** Runs one of the package's own commands as its authors would type it. */
async function shell(command: string, check: BranchToCheck): Promise<ProgramResult> {
  const result = await runProgram({
    command: '/bin/sh',
    args: ['-c', command],
    cwd: check.folder,
    // Python would write its byte code beside the sources
    env: { ...check.env, PYTHONDONTWRITEBYTECODE: '1' },
    timeoutMs: COMMAND_MS,
    ...(check.signal && { signal: check.signal }),
  });
  check.signal?.throwIfAborted();
  return result;
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
