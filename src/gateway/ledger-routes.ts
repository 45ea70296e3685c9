import { z } from 'zod';
import { EstimateQuery, TaskFilter, TaskId } from '../contract/gateway-api.ts';
import { HostReport } from '../contract/host-report.ts';
import { FailureType } from '../domain/failure-type.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { estimateFrom } from './estimate.ts';
import { readJson } from './limit-body.ts';
import { parseOrRefuse, RequestRefused } from './problem.ts';
import type { Route } from './route.ts';

const Params = z.object({ id: TaskId });

/** Tasks, hosts and estimates, as the ledger has them. */
export function ledgerRoutes(ledger: Ledger): Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/tasks',
      async handle({ query }) {
        const { limit, state, repo } = parseOrRefuse(TaskFilter, query, 'query');
        const filter = { limit, ...(state && { state }), ...(repo && { repo }) };
        return { json: { tasks: await ledger.list(filter) } };
      },
    },
    {
      method: 'GET',
      path: '/v1/tasks/:id',
      async handle({ params }) {
        const { id } = parseOrRefuse(Params, params, 'path');
        const task = await ledger.find(id);
        if (task) return { json: task };
        throw new RequestRefused(404, FailureType.BadInput, { detail: `The ledger knows no task ${id}.` });
      },
    },
    {
      method: 'POST',
      path: '/v1/hosts',
      bodyLimit: 1024 * 1024,
      async handle({ body }) {
        const report = parseOrRefuse(HostReport, await readJson(body), 'report');
        await ledger.recordHost(report);
        return { json: { hostId: report.hostId } };
      },
    },
    {
      method: 'GET',
      path: '/v1/hosts',
      handle: async () => ({ json: { hosts: await ledger.listHosts() } }),
    },
    {
      method: 'GET',
      path: '/v1/estimate',
      async handle({ query }) {
        const { repo = null } = parseOrRefuse(EstimateQuery, query, 'query');
        return { json: estimateFrom(repo, await ledger.recentCosts({ repo })) };
      },
    },
  ];
}
