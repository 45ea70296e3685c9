/** How late a noisy machine with two cores may make what is promised within a time. */
const NOISE = 5;

/**
 * The bound for a promise of so many milliseconds: wide enough that only a broken promise misses it, since what these
 * tests end would otherwise go on for minutes. How fast it is on a quiet machine is measured in bench/.
 */
export function promptly(promisedMs: number): number {
  return promisedMs * NOISE;
}
