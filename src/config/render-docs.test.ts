import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { renderConfigurationPage, renderEnvExample } from './render-docs.ts';
import { listSettings } from './setting-list.ts';

const root = new URL('../../', import.meta.url);

describe('the generated documentation', () => {
  it('is up to date: `npm run docs` renews it', () => {
    const page = readFileSync(new URL('docs/configuration.md', root), 'utf8');

    expect(page).toBe(renderConfigurationPage(page));
    expect(readFileSync(new URL('.env.example', root), 'utf8')).toBe(renderEnvExample());
  });

  it('has every setting and every variable', () => {
    const page = renderConfigurationPage(undefined);

    for (const { path, meta } of listSettings()) {
      expect(page).toContain(`\`${path}\``);
      for (const name of meta.env ?? []) expect(renderEnvExample()).toContain(name);
    }
  });

  it('keeps what people wrote around the table', () => {
    const page = renderConfigurationPage(undefined).replace('# Configuration', '# Our configuration');

    expect(renderConfigurationPage(page)).toBe(page);
  });
});
