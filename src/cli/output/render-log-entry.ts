import type { LogEntry } from '../../contract/log-entry.ts';
import type { Palette } from './output.ts';
import { plainText } from './plain-text.ts';

/** `14:20:05 tool Edit  src/index.js`; times in the zone of whoever looks. */
export function renderLogEntry(entry: LogEntry, palette: Palette): string {
  const time = new Date(entry.at).toTimeString().slice(0, 8);
  const source = entry.name ? `${entry.source} ${plainText(entry.name, 100)}` : entry.source;
  const text = plainText(entry.text);
  const painted = entry.level === 'error' ? palette.red(text) : entry.level === 'warning' ? palette.yellow(text) : text;
  return `${palette.dim(time)} ${palette.dim(source.padEnd(14))} ${painted}`;
}
