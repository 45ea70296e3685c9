import { runProgram } from '../supervisor/programs.ts';
import type { ProgramSpec } from '../supervisor/programs.ts';

const OLDEST = { major: 1, minor: 3 };
/** What `server start-dev` must understand; a build from source calls itself 0.0.0-DEV and is judged by this alone. */
const NEEDED_FLAGS = ['--db-filename', '--dynamic-config-value', '--search-attribute', '--sqlite-pragma', '--headless'];

/** Says why a `temporal` binary cannot be used; undefined when it can. */
export async function whyUnusable(path: string, env: ProgramSpec['env']): Promise<string | undefined> {
  const run = (args: string[]) => runProgram({ command: path, args, env, timeoutMs: 15_000 });
  const [version, help] = await Promise.all([run(['--version']), run(['server', 'start-dev', '--help'])]);
  const error = version.error ?? help.error;
  if (error) return `${path} does not start (${error.message})`;
  const found = /temporal version (\d+)\.(\d+)\.\d+/.exec(version.output);
  if (version.code !== 0 || !found) return `${path} is not Temporal's command line tool`;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  if (isTooOld(major, minor))
    return `${path} is version ${major}.${minor}, and ${OLDEST.major}.${OLDEST.minor} is needed`;
  const missing = NEEDED_FLAGS.find((flag) => !help.output.includes(flag));
  return missing && `${path} has no 'server start-dev ${missing}'`;
}

/** 0.0 is a build from source, of any age. */
function isTooOld(major: number, minor: number): boolean {
  return major > 0 && (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor));
}
