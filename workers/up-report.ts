import { CONTROL_QUEUE, TASK_WORKFLOW } from '../src/contract/names.ts';

const DEFAULT_ADDRESS = '127.0.0.1:7233';

/** What `up` says when the fleet is ready: where things are, and the line that starts a task by hand. */
export function upReport(fleet: {
  readonly temporalAddress: string;
  readonly temporalExecutable: string | null;
  readonly namespace: string;
  readonly uiUrl: string | null;
  readonly gatewayUrl: string;
  readonly dataDir: string;
}): string {
  const isDefault = fleet.temporalAddress === DEFAULT_ADDRESS;
  const flags = [
    ...(isDefault ? [] : [`--address ${fleet.temporalAddress}`]),
    ...(fleet.namespace === 'default' ? [] : [`--namespace ${fleet.namespace}`]),
  ];
  const onPath = fleet.temporalExecutable === null || fleet.temporalExecutable.startsWith('/usr/');
  const temporal = onPath ? 'temporal' : 'taskfleet temporal';
  const start = [
    `${temporal} workflow start --type ${TASK_WORKFLOW} --task-queue ${CONTROL_QUEUE}`,
    ...flags,
    `--input '{"repo":"owner/name","issue":12}'`,
  ].join(' ');
  const lines = [
    'taskfleet is ready.',
    `  Temporal   ${fleet.temporalAddress}`,
    ...(fleet.uiUrl === null ? [] : [`  Web UI     ${fleet.uiUrl}`]),
    `  gateway    ${fleet.gatewayUrl}`,
    `  data       ${fleet.dataDir}`,
    `  start      ${start}`,
    ...(isDefault ? [] : [`  other terminals need: export TEMPORAL_ADDRESS=${fleet.temporalAddress}`]),
  ];
  return `${lines.join('\n')}\n`;
}
