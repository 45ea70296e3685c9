import type { Command } from 'commander';
import { renderHosts } from '../output/render-hosts.ts';
import { parseCount, parseList } from '../parse-options.ts';
import type { Perform, SettingOverrides } from '../run-cli.ts';
import { seenHosts } from '../seen-hosts.ts';

interface WorkerOptions {
  readonly specialties?: string[];
  readonly slots?: number;
  readonly id?: string;
}

export function addWorker(program: Command, perform: Perform): void {
  const worker = program
    .command('worker')
    .description('a session host: joins the fleet from this machine and works on tasks')
    .option('--specialties <names>', 'what it serves, aliases allowed, separated by commas', parseList)
    .option('--slots <count>', 'tasks at work at once', parseCount)
    .option('--id <name>', 'stable name of this host')
    .action(async (options: WorkerOptions) => {
      await perform(async (context) => {
        const [{ runRoleHere }, { requireKnown }] = await Promise.all([
          import('../run-role-here.ts'),
          import('../require-known.ts'),
        ]);
        requireKnown(context.settings);
        return await runRoleHere(context, 'host');
      }, overridesOf(options));
    });
  worker
    .command('list')
    .description('the hosts of the fleet, their slots and what they work on')
    .action(async () => {
      await perform(async (context) => {
        const hosts = await seenHosts(context);
        context.output.data(hosts);
        if (!context.output.json) context.output.say(...renderHosts(hosts, context.now()));
      });
    });
}

function overridesOf(options: WorkerOptions): SettingOverrides {
  const all = {
    'host.specialties': { value: options.specialties, option: '--specialties' },
    'host.slots': { value: options.slots, option: '--slots' },
    'host.id': { value: options.id, option: '--id' },
  };
  return Object.fromEntries(Object.entries(all).filter(([, { value }]) => value !== undefined));
}
