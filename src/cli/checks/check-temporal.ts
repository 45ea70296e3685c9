import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SearchAttributes } from '../../contract/names.ts';
import { findProgram } from '../../process/find-program.ts';
import type { ConnectedClient } from '../../temporal/connect.ts';
import { whyUnusable } from '../../temporal/probe-temporal.ts';
import type { CliContext } from '../context.ts';
import { reportError } from '../command-error.ts';
import type { Check } from '../output/render-checks.ts';
import { connectTemporal, temporalOf } from '../connect-temporal.ts';

/** The binary, the server, and whether it is prepared for us. Fetches nothing. */
export async function checkTemporal(context: CliContext): Promise<Check[]> {
  const address = await temporalOf(context.loaded);
  const binary = await checkBinary(context);
  const server = { name: 'temporal server', required: context.loaded.origins.has('temporal.address') };
  let connected: ConnectedClient;
  try {
    connected = await connectTemporal(context.loaded);
  } catch (error) {
    const { message, hint } = reportError(error);
    return [binary, { ...server, verdict: server.required ? 'missing' : 'warning', found: message, mend: hint }];
  }
  try {
    const found = `${address.address}, namespace ${address.namespace}`;
    return [binary, { ...server, verdict: 'ok', found }, await checkAttributes(connected, address.namespace)];
  } finally {
    await connected.close();
  }
}

async function checkBinary(context: CliContext): Promise<Check> {
  const { settings, env } = context;
  const check = { name: 'temporal', required: settings.temporal.executable !== undefined };
  const cached = join(settings.cacheDir, 'bin', 'temporal');
  const path =
    settings.temporal.executable ?? findProgram('temporal', env['PATH']) ?? (existsSync(cached) ? cached : undefined);
  if (path === undefined) {
    const mend = "'taskfleet up' and 'taskfleet temporal' fetch it once; not needed where the server is elsewhere";
    return { ...check, verdict: 'warning', found: 'not here yet', mend };
  }
  const reason = await whyUnusable(path, env);
  return reason === undefined
    ? { ...check, verdict: 'ok', found: path }
    : { ...check, verdict: check.required ? 'missing' : 'warning', found: reason, mend: 'correct temporal.executable' };
}

async function checkAttributes({ connection }: ConnectedClient, namespace: string): Promise<Check> {
  const check = { name: 'search attributes', required: false };
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.values(SearchAttributes).filter(({ name }) => customAttributes[name] === undefined);
    if (missing.length === 0) return { ...check, verdict: 'ok', found: 'all are registered' };
    const found = `not registered: ${missing.map(({ name }) => name).join(', ')}`;
    return { ...check, verdict: 'warning', found, mend: 'the coordinator registers them when it starts' };
  } catch (error) {
    return {
      ...check,
      verdict: 'warning',
      found: `cannot be listed: ${reportError(error).message}`,
      mend: `namespace '${namespace}' must exist, and the API key may need the right to read it`,
    };
  }
}
