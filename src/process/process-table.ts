import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** The environment it was started with, as `\0NAME=value\0…\0`; empty where it may not be read. Read when asked for. */
  environment(): string;
}

/**
 * Every live process, one by one: what is done with one is done before the next is read.
 * Zombies are left out. From /proc on Linux, from `ps` elsewhere.
 */
export function* listProcesses(): Generator<ProcessEntry> {
  if (process.platform !== 'linux') {
    yield* listByPs();
    return;
  }
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = readStat(name);
    if (!fields || fields[0] === 'Z' || fields[0] === 'X') continue;
    yield {
      pid: Number(name),
      parent: Number(fields[1]),
      group: Number(fields[2]),
      session: Number(fields[3]),
      environment: () => `\0${readOrEmpty(`/proc/${name}/environ`)}`,
    };
  }
}

/** When a process began, in ticks since boot, so that a later one with the same pid is told apart; undefined when it is gone. */
export function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const fields = readStat(String(pid));
    return fields?.[0] === 'Z' ? undefined : fields?.[19];
  }
  try {
    process.kill(pid, 0);
    return '0';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? '0' : undefined;
  }
}

/** The fields of /proc/PID/stat from the state on: the name before it may contain blanks and brackets. */
function readStat(pid: string): string[] | undefined {
  const text = readOrEmpty(`/proc/${pid}/stat`);
  const end = text.lastIndexOf(')');
  return end < 0 ? undefined : text.slice(end + 2).split(' ');
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function* listByPs(): Generator<ProcessEntry> {
  // -E adds the environment to the command, separated by blanks
  const table = execFileSync('ps', ['-axww', '-E', '-o', 'pid=,ppid=,pgid=,stat=,command='], {
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const line of table.split('\n')) {
    const found = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!found || found[4]?.startsWith('Z')) continue;
    const text = `\0${found[5]?.replaceAll(' ', '\0') ?? ''}\0`;
    yield {
      pid: Number(found[1]),
      parent: Number(found[2]),
      group: Number(found[3]),
      session: 0,
      environment: () => text,
    };
  }
}
