import { readFileSync } from 'node:fs';

/** Linux counts processor time for programs in hundredths of a second on every architecture. */
const MS_PER_TICK = 10;

/** Processor time in milliseconds, memory in KiB. */
export interface ProcessUsage {
  /** Of the process itself, all threads. */
  readonly ownMs: number;
  /** Of the children that ended and were waited for, and of theirs. */
  readonly childrenMs: number;
  readonly rssKb: number;
  /** The most it ever had. */
  readonly peakKb: number;
}

/** What a process has used so far; undefined where there is no /proc, or no such process. */
export function usageOf(pid: number | undefined): ProcessUsage | undefined {
  if (pid === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // the name in brackets may hold anything
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = (index: number): number => Number(fields[index]) * MS_PER_TICK;
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const size = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
    return {
      ownMs: ticks(11) + ticks(12),
      childrenMs: ticks(13) + ticks(14),
      rssKb: size('VmRSS'),
      peakKb: size('VmHWM'),
    };
  } catch {
    return undefined;
  }
}

/** Milliseconds of processor time between two looks; undefined where one of them saw nothing. */
export function cpuBetween(
  before: ProcessUsage | undefined,
  after: ProcessUsage | undefined,
): { readonly ownMs: number; readonly childrenMs: number } | undefined {
  if (!before || !after) return undefined;
  return { ownMs: after.ownMs - before.ownMs, childrenMs: after.childrenMs - before.childrenMs };
}
