/** Entry point of the processes of a fleet: `node workers/main.ts coordinator|host|up`, by hand or as a child of `up`. */
import { once } from 'node:events';
import type { ResolvedSettings } from '../src/config/load-settings.ts';
import { loadSettings } from '../src/config/load-settings.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import { EXIT_CONFIG } from '../src/supervisor/supervise.ts';
import { isStartMessage, ROLES } from './child-protocol.ts';
import type { Role } from './child-protocol.ts';
import { secretVariables } from './forge-secrets.ts';
import { processLogger } from './process-logger.ts';
import { runRole } from './run-role.ts';
import { startRole } from './start-role.ts';

async function main(): Promise<number> {
  const role = ROLES.find((one) => one === process.argv[2]);
  if (role === undefined) return complain(`usage: main.ts ${ROLES.join('|')}`);
  let given: { settings: ResolvedSettings; pretty: boolean };
  try {
    given = await receiveOrLoad();
  } catch (error) {
    if (error instanceof TypedError) return complain(`${error.message}\n${error.hint ?? ''}`);
    throw error;
  }
  const { settings, pretty } = given;
  const env = { ...process.env };
  // what this process starts must not find them there, whatever it inherits
  for (const name of secretVariables()) delete process.env[name];
  const logger = processLogger(settings, role satisfies Role, pretty);
  return await runRole((signal) => startRole(role, settings, { env, logger, pretty, signal }), logger);
}

async function receiveOrLoad(): Promise<{ settings: ResolvedSettings; pretty: boolean }> {
  if (process.connected) {
    const [message] = (await once(process, 'message')) as [unknown];
    if (isStartMessage(message)) return message;
    throw new TypeError('the first message of the parent process must be the settings');
  }
  return { settings: loadSettings({ env: process.env, cwd: process.cwd() }), pretty: process.stderr.isTTY === true };
}

function complain(text: string): number {
  process.stderr.write(`${text}\n`);
  return EXIT_CONFIG;
}

process.exit(await main());
