/** Starts an embedded server as a process of its own, prints where it is and waits to be killed. */
import { startEmbeddedServer } from '../../src/temporal/embedded-server.ts';

const [executable = '', dataDir = ''] = process.argv.slice(2);
const server = await startEmbeddedServer({
  executable,
  dataDir,
  namespace: 'default',
  retentionDays: 30,
  port: 0,
  headless: true,
  env: process.env,
});
process.stdout.write(`${JSON.stringify({ pid: server.pid, address: server.address })}\n`);
setInterval(() => undefined, 60_000);
