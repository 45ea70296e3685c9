import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = new URL('../../', import.meta.url);
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'deploy/runbook.md',
  'docs/configuration.md',
];

function read(page: string): string {
  return readFileSync(new URL(page, root), 'utf8');
}

/** What stands in code: blocks and spans, line by line. */
function code(page: string): string[] {
  const text = read(page);
  const blocks = [...text.matchAll(/```(?:sh|console)\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  const spans = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...blocks, ...spans].map((line) => line.trim());
}

describe('the commands in the documents', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

  it.each(pages)('of npm in %s are scripts of the package', (page) => {
    const used = code(page).flatMap((line) =>
      [...line.matchAll(/npm run (?:--silent )?([a-z:-]+)/g)].map(([, name]) => name),
    );

    expect(used.filter((name) => name === undefined || scripts[name] === undefined)).toEqual([]);
  });

  it.each(pages)('of taskfleet in %s exist with the options they are given', async (page) => {
    const { findUnknown } = await import('../support/cli-vocabulary.ts');
    const lines = code(page).flatMap((line) =>
      [...line.matchAll(/(?:^|npm run )taskfleet (?:-- )?([^|;&#]*)/g)].map(([, rest = '']) => rest),
    );

    expect(lines.flatMap((line) => findUnknown(line))).toEqual([]);
  });

  it.each(pages)('and the links of %s lead somewhere', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, to = '']) => to);

    expect(links.filter((to) => !existsSync(fileURLToPath(new URL(to, new URL(page, root)))))).toEqual([]);
  });

  it('name every decision record by its number', () => {
    const records = readdirSync(new URL('docs/adr/', root));

    expect(records.every((name) => /^\d{4}-[a-z0-9-]+\.md$/.test(name))).toBe(true);
    expect(new Set(records.map((name) => name.slice(0, 4))).size).toBe(records.length);
  });
});
