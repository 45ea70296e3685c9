import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { SearchAttributes } from '../../src/contract/names.ts';

/** Starts the time-skipping server that `npm test` provisioned; one per test file, since its clock is global. */
export async function createTimeSkippingEnvironment(): Promise<TestWorkflowEnvironment> {
  const cache =
    process.env['TASKFLEET_CACHE_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'taskfleet');
  const path = join(cache, 'time-skipping-server-1.38.0', 'temporal-test-server');
  if (!existsSync(path)) throw new Error(`${path} is missing: 'npm run setup -- --tests' puts it there`);
  quieten();
  const env = await startServer(path);
  // 2 is KEYWORD and 3 INT among the server's indexed value types
  const searchAttributes = Object.fromEntries(
    Object.values(SearchAttributes).map((key) => [key.name, key.type === 'INT' ? 3 : 2]),
  );
  await env.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
  return env;
}

/** The SDK gives the server five seconds, which a JVM on a busy machine may not make the first time. */
async function startServer(path: string, triesLeft = 5): Promise<TestWorkflowEnvironment> {
  try {
    return await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
    });
  } catch (error) {
    if (triesLeft === 0) throw error;
    return startServer(path, triesLeft - 1);
  }
}

/** Keeps the SDK's chatter out of the test output; what is an error still shows. */
function quieten(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
  });
}
