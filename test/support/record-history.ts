import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import proto from '@temporalio/proto';

const { History } = proto.temporal.api.history.v1;
type History = proto.temporal.api.history.v1.IHistory;

/** Histories lie there by the version that made them, in Temporal's own binary form. */
export const HISTORIES = new URL('../replay/histories/', import.meta.url);

/** With TASKFLEET_RECORD set, keeps a history for the replay tests of every version to come: `npm run record`. */
export function recordHistory(name: string, history: History): void {
  if (!process.env['TASKFLEET_RECORD']) return;
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const folder = new URL(`${version}/`, HISTORIES);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.bin`, folder), History.encode(History.fromObject(history)).finish());
}

/** A recorded history, by its path below the folder. */
export function readHistory(name: string): History {
  return History.decode(readFileSync(new URL(name, HISTORIES)));
}
