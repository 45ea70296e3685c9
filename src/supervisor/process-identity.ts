import { readFileSync } from 'node:fs';

/** A process that a file can name: the start mark tells it from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The kernel's start time of the process; null where the platform does not tell it cheaply. */
  readonly mark: string | null;
}

/** A zombie's mark: nobody has asked for its exit status yet. */
const ENDED = 'ended';

export function identityOf(pid: number): ProcessIdentity {
  return { pid, mark: startMark(pid) };
}

/** Whether exactly that process is still there, not a zombie and not a later one with its pid. */
export function isAlive(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const mark = startMark(identity.pid);
  return mark !== ENDED && (identity.mark === null || mark === identity.mark);
}

function startMark(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // the program's name stands in parentheses and may itself contain spaces and parentheses
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? ENDED : (fields[19] ?? null);
}
