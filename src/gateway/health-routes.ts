import type { Ledger } from '../ledger/ledger.ts';
import type { Route } from './route.ts';

/** What a container's probes ask: `/health` whether the process answers, `/ready` whether it can work. */
export function healthRoutes({ ledger, version }: { readonly ledger: Ledger; readonly version: string }): Route[] {
  return [
    {
      method: 'GET',
      path: '/health',
      open: true,
      handle: () => Promise.resolve({ json: { status: 'ok', version } }),
    },
    {
      method: 'GET',
      path: '/ready',
      open: true,
      async handle() {
        try {
          await ledger.list({ limit: 1 });
          return { json: { status: 'ok', version } };
        } catch {
          return { status: 503, json: { status: 'unavailable', version } };
        }
      },
    },
  ];
}
