import type { CliContext } from './context.ts';
import type { SeenHost } from './output/render-hosts.ts';

/** Hosts by their last report; the coordinator knows them. */
export async function seenHosts(context: CliContext): Promise<readonly SeenHost[]> {
  return await (await context.gateway()).hosts();
}
