/** Reads `docker compose config --format json` on stdin and lists what breaks the rules that the files are written by. */
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';

const AGENTS = ['agent-backend', 'agent-frontend', 'agent-testing', 'agent-devops', 'agent-general'];
const EXPECTED = ['postgres', 'temporal', 'temporal-ui', 'coordinator', ...AGENTS];
const FORGE_SECRETS = ['TASKFLEET_GITHUB_TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN', 'POSTGRES_PASSWORD', 'POSTGRES_PWD'];

const { services } = JSON.parse(await text(process.stdin));
const problems = [];
const rule = (holds, problem) => holds || problems.push(problem);

for (const name of EXPECTED) rule(services[name], `service ${name} is missing`);
for (const [name, service] of Object.entries(services)) {
  rule(!service.container_name, `${name}: a container_name forbids --scale`);
  for (const limit of ['cpus', 'mem_limit', 'pids_limit']) rule(service[limit], `${name}: has no ${limit}`);
  rule(service.healthcheck || name === 'temporal-ui', `${name}: has no health check`);
  for (const { published, host_ip } of service.ports ?? []) {
    rule(host_ip === '127.0.0.1', `${name}: port ${published} is open to the network`);
  }
  for (const { type, source } of service.volumes ?? []) {
    rule(type !== 'bind' || existsSync(source), `${name}: ${source} does not exist`);
  }
}
for (const name of AGENTS) {
  const { ports = [], volumes = [], environment = {}, networks = {} } = services[name] ?? {};
  rule(ports.length === 0, `${name}: a published port forbids --scale`);
  rule(
    volumes.every(({ source }) => !source),
    `${name}: a shared volume would give two hosts one id`,
  );
  rule(!networks.store, `${name}: can reach the database`);
  for (const secret of FORGE_SECRETS) rule(!(secret in environment), `${name}: has ${secret}`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
