import type { HostReport } from '../../contract/host-report.ts';
import { ago } from './figures.ts';
import { plainText } from './plain-text.ts';
import { renderTable } from './table.ts';

export type SeenHost = HostReport & { readonly seenAt: string };

/** A host reports every 10 seconds: after three that did not come it is taken for gone. */
const SILENT_MS = 35_000;

export function isAlive(host: SeenHost, now: Date): boolean {
  return now.getTime() - Date.parse(host.seenAt) < SILENT_MS;
}

export function renderHosts(hosts: readonly SeenHost[], now: Date): string[] {
  if (hosts.length === 0) return ["No hosts. Start one with 'taskfleet worker'."];
  return renderTable(
    [
      { title: 'Host' },
      { title: 'State' },
      { title: 'Slots', align: 'right' },
      { title: 'Specialties' },
      { title: 'Free disk', align: 'right' },
      { title: 'Free memory', align: 'right' },
      { title: 'Seen' },
      { title: 'Tasks' },
    ],
    hosts.map((host) => [
      host.hostId,
      isAlive(host, now) ? 'alive' : 'silent',
      `${host.used}/${host.slots}`,
      host.specialties.map((name) => plainText(name)).join(','),
      `${(host.freeDiskMb / 1024).toFixed(1)} GB`,
      `${(host.freeMemoryMb / 1024).toFixed(1)} GB`,
      ago(host.seenAt, now),
      host.tasks.map((id) => plainText(id)).join(' '),
    ]),
  );
}
