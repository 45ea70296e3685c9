import type { Estimate } from '../contract/gateway-api.ts';

/** What the next task may cost, from what earlier ones did, in dollars. */
export function estimateFrom(repo: string | null, costs: readonly number[]): Estimate {
  const sorted = [...costs].sort((a, b) => a - b);
  return { repo, tasks: sorted.length, medianUsd: quantile(sorted, 0.5), highUsd: quantile(sorted, 0.9) };
}

function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
