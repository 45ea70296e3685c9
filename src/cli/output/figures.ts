/** `850 ms`, `42 s`, `3m 05s`, `2h 10m`, `3d 4h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** `$0.00`, `$1.25`; a cost too small for cents keeps two figures: `$0.0042`. */
export function dollars(usd: number): string {
  if (usd > 0 && usd < 0.01) return `$${Number(usd.toPrecision(2)).toFixed(4)}`;
  return `$${usd.toFixed(2)}`;
}

/** How long ago, in words: `12 s ago`. */
export function ago(iso: string, now: Date): string {
  return `${duration(now.getTime() - Date.parse(iso))} ago`;
}
