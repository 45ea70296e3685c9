import type { LoadedSettings } from '../../config/load-settings.ts';
import { maskSettings } from '../../config/mask-settings.ts';
import { listSettings } from '../../config/setting-list.ts';
import { renderTable } from './table.ts';

export interface ShownConfig {
  readonly file: string | null;
  /** Secrets masked. */
  readonly settings: Record<string, unknown>;
  /** By dotted path, for what was set. */
  readonly origins: Readonly<Record<string, string>>;
}

export function describeConfig(loaded: LoadedSettings): ShownConfig {
  return {
    file: loaded.file ?? null,
    settings: maskSettings(loaded.settings),
    origins: Object.fromEntries(loaded.origins),
  };
}

export function renderConfig({ file, settings, origins }: ShownConfig): string[] {
  const rows = listSettings().map(({ path }) => [path, show(valueAt(settings, path)), origins[path] ?? 'default']);
  return [
    `file: ${file ?? 'none'}`,
    '',
    ...renderTable([{ title: 'Setting' }, { title: 'Value' }, { title: 'From' }], rows),
  ];
}

function valueAt(tree: Record<string, unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], tree);
}

function show(value: unknown): string {
  if (value === undefined) return '-';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
