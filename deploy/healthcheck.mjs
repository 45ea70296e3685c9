/**
 * What a container's health check runs: `healthcheck.mjs coordinator` asks the gateway whether it can work,
 * `healthcheck.mjs host` whether the gateway has heard of this host within the last minute.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const STALE_MS = 60_000;
const { env } = process;

try {
  await (process.argv[2] === 'host' ? checkHost() : checkCoordinator());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function checkCoordinator() {
  const port = (env.TASKFLEET_GATEWAY_LISTEN ?? '127.0.0.1:7280').split(':').at(-1);
  await ask(`http://127.0.0.1:${port}/ready`);
}

async function checkHost() {
  const id = env.TASKFLEET_HOST_ID || (await readFile(join(env.TASKFLEET_DATA_DIR, 'hosts', 'id'), 'utf8')).trim();
  const { hosts } = await ask(`${env.TASKFLEET_GATEWAY_URL}/v1/hosts`);
  const seen = hosts.find((host) => host.hostId === id);
  if (!seen) throw new Error(`the coordinator has not heard of ${id}`);
  const silentMs = Date.now() - Date.parse(seen.seenAt);
  if (silentMs > STALE_MS) throw new Error(`${id} has been silent for ${Math.round(silentMs / 1000)} s`);
}

async function ask(url) {
  const headers = { authorization: `Bearer ${env.TASKFLEET_GATEWAY_TOKEN}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(4_000) });
  if (!response.ok) throw new Error(`${url} answered with ${response.status}`);
  return response.json();
}
