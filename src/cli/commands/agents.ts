import type { Command } from 'commander';
import { buildSpecialties } from '../../intake/specialties.ts';
import { plainText } from '../output/plain-text.ts';
import { isAlive } from '../output/render-hosts.ts';
import { renderTable } from '../output/table.ts';
import type { Perform } from '../run-cli.ts';
import { seenHosts } from '../seen-hosts.ts';
import { servesSpecialty } from '../serves-specialty.ts';

export function addAgents(program: Command, perform: Perform): void {
  program
    .command('agents')
    .description('specialties with their model, other names, and the hosts that serve them')
    .action(async () => {
      await perform(async (context) => {
        const { output, settings } = context;
        const hosts = await seenHosts(context).catch(() => undefined);
        const alive = hosts?.filter((host) => isAlive(host, context.now()));
        const specialties = buildSpecialties(settings.specialties, settings.model);
        const agents = specialties.map((specialty) => ({
          name: specialty.name,
          model: specialty.model,
          aliases: specialty.aliases,
          tools: specialty.tools,
          hosts:
            alive?.filter((host) => servesSpecialty(host.specialties, specialty)).map((host) => host.hostId) ?? null,
        }));
        output.data(agents);
        if (output.json) return;
        output.say(
          ...renderTable(
            [{ title: 'Specialty' }, { title: 'Model' }, { title: 'Other names' }, { title: 'Hosts' }],
            agents.map((agent) => [
              agent.name,
              agent.model,
              agent.aliases.join(', '),
              agent.hosts === null ? '?' : agent.hosts.map((host) => plainText(host)).join(', ') || 'none',
            ]),
          ),
        );
        if (hosts === undefined) output.note(`no coordinator at ${settings.gateway.url}: hosts are not known`);
      });
    });
}
