import { listSettings, type Setting } from '../config/setting-list.ts';

const HEAD = `# Settings of taskfleet. Everything here is optional: what stands behind a '#' is the default.
# Secrets belong in the environment: write \${NAME} or set the variable itself. docs/configuration.md has the whole list.
`;

const TAIL = `
# repositories:
#   owner/name:
#     base: main
#     setup: ['npm ci']
#     gates:
#       - { name: tests, command: npm test }
`;

/** A configuration file in which every setting stands as a comment, so that nothing is set by it. */
export function renderStarterConfig(): string {
  const plain = listSettings().filter((setting) => setting.kind !== 'structure' && !setting.meta.secret);
  const groups = Map.groupBy(plain, ({ path }) => (path.includes('.') ? (path.split('.')[0] ?? '') : ''));
  const blocks = [...groups].map(([group, settings]) =>
    group === ''
      ? settings.map((setting) => line(setting, '')).join('\n')
      : [`# ${group}:`, ...settings.map((setting) => line(setting, '  '))].join('\n'),
  );
  return `${HEAD}\n${blocks.join('\n\n')}\n${TAIL}`;
}

function line(setting: Setting, indent: string): string {
  const name = setting.path.split('.').at(-1) ?? '';
  const value = setting.defaultValue === undefined ? '' : ` ${JSON.stringify(setting.defaultValue)}`;
  const words = setting.meta.defaultText ? `  (default: ${setting.meta.defaultText})` : '';
  return `# ${indent}${name}:${value}  # ${setting.meta.description}${words}`;
}
