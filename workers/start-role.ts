import type { ResolvedSettings } from '../src/config/load-settings.ts';
import type { Role } from './child-protocol.ts';
import type { ProcessContext } from './process-context.ts';
import type { RunningRole } from './run-role.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Starts one role; each is loaded only where it runs, so that a host knows no code of the coordinator's. */
export async function startRole(
  role: Role,
  settings: ResolvedSettings,
  context: ProcessContext & { readonly pretty: boolean },
): Promise<RunningRole> {
  switch (role) {
    case 'coordinator':
      return await unlessAborted(
        (await import('./coordinator.ts')).startCoordinator(settings, context),
        context.signal,
      );
    case 'host':
      return await unlessAborted((await import('./host.ts')).startHost(settings, context), context.signal);
    case 'up': {
      const { startFleet } = await import('./up.ts');
      const fleet = await startFleet(settings, { ...context, write: (text) => void process.stderr.write(text) });
      process.stdout.write(fleet.report);
      return fleet;
    }
  }
}
