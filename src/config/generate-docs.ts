/** `npm run docs`: renews docs/configuration.md and .env.example from the settings' declaration. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderConfigurationPage, renderEnvExample } from './render-docs.ts';

const page = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url));
const example = fileURLToPath(new URL('../../.env.example', import.meta.url));

writeFileSync(page, renderConfigurationPage(existsSync(page) ? readFileSync(page, 'utf8') : undefined));
writeFileSync(example, renderEnvExample());
