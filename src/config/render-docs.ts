import { listSettings, type Setting } from './setting-list.ts';

const BEGIN = '<!-- settings: written by `npm run docs` -->';
const END = '<!-- /settings -->';
// aligning the columns would touch every line of a change
const KEEP = ['<!-- prettier-ignore-start -->', '<!-- prettier-ignore-end -->'] as const;

const FRAME = `# Configuration

Settings come from a file, from environment variables, and from options of the command line; each wins over the one before it.

**The file** is the first of: \`--config FILE\`, \`TASKFLEET_CONFIG\`, \`taskfleet.config.yaml\`, \`.yml\` or \`.json\` in the working folder, \`$XDG_CONFIG_HOME/taskfleet/config.yaml\` (\`~/.config/taskfleet/config.yaml\`). Every string in it may contain \`\${NAME}\` or \`\${NAME:-default}\`, which are replaced from the environment; a variable that is not set and has no default is an error; \`$\${\` stands for a plain \`\${\`.

**Variables**: lists are separated by commas; switches are \`true\` or \`false\`; an empty variable counts as not set.

All mistakes are reported at once, with file and line or variable. \`taskfleet config show\` prints the settings in force, secrets masked, and where each comes from.

${BEGIN}
${END}
`;

/** docs/configuration.md with its table renewed; what people wrote around the table stays. */
export function renderConfigurationPage(current: string | undefined): string {
  const page = current?.includes(BEGIN) && current.includes(END) ? current : FRAME;
  const [before = '', rest = ''] = page.split(BEGIN);
  const after = rest.slice(rest.indexOf(END));
  return `${before}${BEGIN}\n${KEEP[0]}\n\n${renderTable()}\n\n${KEEP[1]}\n${after}`;
}

function renderTable(): string {
  const rows = listSettings().map((setting) => [
    `\`${setting.path}\``,
    `${setting.meta.description}${choices(setting)}${setting.meta.secret ? ' (secret)' : ''}`,
    setting.meta.defaultText ?? (isPlain(setting.defaultValue) ? `\`${inWords(setting.defaultValue)}\`` : ''),
    (setting.meta.env ?? []).map((name) => `\`${name}\``).join(', '),
  ]);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(['Setting', 'Meaning', 'Default', 'Variable']),
    line(['---', '---', '---', '---']),
    ...rows.map(line),
  ].join('\n');
}

/** .env.example: every variable, commented out, with its default. */
export function renderEnvExample(): string {
  const blocks = listSettings().flatMap((setting) => {
    const [name, ...others] = setting.meta.env ?? [];
    if (!name) return [];
    const also = others.length > 0 ? ` Also: ${others.join(', ')}.` : '';
    const fallback = setting.meta.defaultText ? ` Default: ${setting.meta.defaultText}.` : '';
    const value = isPlain(setting.defaultValue) ? inWords(setting.defaultValue) : '';
    return [`# ${setting.meta.description}${choices(setting)}.${fallback}${also}\n# ${name}=${value}\n`];
  });
  return `# Written by \`npm run docs\` from src/config/settings.ts. Copy to .env and load it with your shell or container runtime.\n\n${blocks.join('\n')}`;
}

function choices(setting: Setting): string {
  return setting.choices.length > 0 ? `: ${setting.choices.map((one) => `\`${one}\``).join(', ')}` : '';
}

function isPlain(value: unknown): value is string | number | boolean | readonly string[] {
  return ['string', 'number', 'boolean'].includes(typeof value) || (Array.isArray(value) && value.length > 0);
}

function inWords(value: string | number | boolean | readonly string[]): string {
  return typeof value === 'object' ? value.join(',') : String(value);
}
