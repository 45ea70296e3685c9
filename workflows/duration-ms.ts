const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration such as `90s`, `30m` or `2h`, as definitions write them. */
export function durationMs(duration: string): number {
  const [, amount, unit] = /^(\d+)\s?(ms|s|m|h|d)$/.exec(duration) ?? [];
  const factor = UNIT_MS[unit ?? ''];
  if (amount === undefined || factor === undefined) throw new RangeError(`not a duration: ${duration}`);
  return Number(amount) * factor;
}
