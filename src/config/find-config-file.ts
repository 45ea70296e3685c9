import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const NAMES = ['taskfleet.config.yaml', 'taskfleet.config.yml', 'taskfleet.config.json'];

export interface ConfigFileChoice {
  /** Absolute; undefined where there is no file. */
  readonly file: string | undefined;
  /** Who asked for it by name: it must exist then. */
  readonly askedBy: 'option --config' | 'variable TASKFLEET_CONFIG' | undefined;
  /** More than one candidate in the working folder: which one is meant cannot be known. */
  readonly rivals: readonly string[];
}

/** The file that configures this process: by option, by TASKFLEET_CONFIG, in the folder, or in the user's own folder. */
export function findConfigFile(place: {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  file?: string | undefined;
}): ConfigFileChoice {
  if (place.file) return { file: resolve(place.cwd, place.file), askedBy: 'option --config', rivals: [] };
  const named = place.env['TASKFLEET_CONFIG'];
  if (named) return { file: resolve(place.cwd, named), askedBy: 'variable TASKFLEET_CONFIG', rivals: [] };
  const here = NAMES.map((name) => join(place.cwd, name)).filter((path) => existsSync(path));
  if (here.length > 0) return { file: here[0], askedBy: undefined, rivals: here.slice(1) };
  const home = place.env['XDG_CONFIG_HOME'] || join(place.env['HOME'] || homedir(), '.config');
  const own = join(home, 'taskfleet', 'config.yaml');
  return { file: existsSync(own) ? own : undefined, askedBy: undefined, rivals: [] };
}
