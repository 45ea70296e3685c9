import { findBubblewrap } from '../../process/bubblewrap.ts';
import { runProgram } from '../../supervisor/programs.ts';
import type { CliContext } from '../context.ts';
import type { Check } from '../output/render-checks.ts';
import { checkFolders } from './check-folders.ts';

/** Older ones lack options that the trusted repository relies on. */
const GIT_NEEDED = [2, 31] as const;

/** Node, git, isolation, folders and disk, and the languages whose tests may have to run here. */
export async function checkMachine(context: CliContext): Promise<Check[]> {
  const [git, bubblewrap, ...languages] = await Promise.all([
    checkGit(context),
    checkIsolation(context),
    checkLanguage(context, { name: 'python', command: 'python3', args: ['--version'], of: 'Python' }),
    checkLanguage(context, { name: 'go', command: 'go', args: ['version'], of: 'Go' }),
    checkLanguage(context, { name: 'java', command: 'java', args: ['-version'], of: 'Java' }),
  ]);
  const node: Check = { name: 'node', verdict: 'ok', required: true, found: process.version };
  return [node, git, bubblewrap, ...checkFolders(context.settings), ...languages];
}

async function checkGit(context: CliContext): Promise<Check> {
  const check = { name: 'git', required: true };
  const found = await firstLine(context, 'git', ['--version']);
  if (found === undefined) {
    return { ...check, verdict: 'missing', found: 'not on PATH', mend: 'install git, 2.31 or newer' };
  }
  const [major = 0, minor = 0] = (/\d+\.\d+/.exec(found)?.[0] ?? '').split('.').map(Number);
  const recent = major > GIT_NEEDED[0] || (major === GIT_NEEDED[0] && minor >= GIT_NEEDED[1]);
  return recent
    ? { ...check, verdict: 'ok', found }
    : { ...check, verdict: 'missing', found, mend: 'install git 2.31 or newer' };
}

async function checkIsolation(context: CliContext): Promise<Check> {
  const { isolation } = context.settings.host;
  const check = { name: 'isolation', required: isolation === 'bubblewrap' };
  if (isolation === 'none') return { ...check, verdict: 'warning', found: 'turned off (host.isolation: none)' };
  const path = await findBubblewrap('auto');
  if (path) return { ...check, verdict: 'ok', found: `bubblewrap at ${path}` };
  return {
    ...check,
    verdict: isolation === 'bubblewrap' ? 'missing' : 'warning',
    found: 'bubblewrap is not there, or may not make a PID namespace here',
    mend: 'install the package bubblewrap; in containers allow user namespaces, or run one task per container',
  };
}

async function checkLanguage(
  context: CliContext,
  language: { readonly name: string; readonly command: string; readonly args: readonly string[]; readonly of: string },
): Promise<Check> {
  const found = await firstLine(context, language.command, language.args);
  const check = { name: language.name, required: false };
  return found
    ? { ...check, verdict: 'ok', found }
    : {
        ...check,
        verdict: 'warning',
        found: 'not here',
        mend: `only needed for repositories whose tests are in ${language.of}`,
      };
}

async function firstLine(context: CliContext, command: string, args: readonly string[]): Promise<string | undefined> {
  const { PATH, HOME } = context.env;
  const run = await runProgram({ command, args, env: { PATH, HOME }, timeoutMs: 10_000 });
  return run.code === 0 ? run.output.split('\n')[0]?.trim() : undefined;
}
