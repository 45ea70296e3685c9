import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isMap, LineCounter, parseDocument, type Document } from 'yaml';
import type { SettingProblem } from './setting-problem.ts';

export interface ConfigFile {
  readonly path: string;
  /** The top level; empty where the file is empty or cannot be read at all. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly problems: readonly SettingProblem[];
  /** `taskfleet.config.yaml:3` for the line that holds the setting, or its nearest parent. */
  originOf(path: readonly PropertyKey[]): string;
}

/** Reads YAML or JSON. Never throws: everything that is wrong with the file is in `problems`. */
export function readConfigFile(path: string): ConfigFile {
  const name = basename(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : (error as Error).message;
    return broken(path, [{ origin: path, path: '', message: why }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const problems = document.errors.map((error) => ({
    origin: `${name}:${lines.linePos(error.pos[0]).line}`,
    path: '',
    message: error.code === 'DUPLICATE_KEY' ? `the key '${keyAt(text, error.pos)}' is there twice` : error.message,
  }));
  if (problems.length === 0 && path.endsWith('.json')) problems.push(...findJsonProblems(text, name));
  if (problems.length > 0) return broken(path, problems);
  if (document.contents === null) return broken(path, []);
  if (!isMap(document.contents)) {
    return broken(path, [
      { origin: `${name}:1`, path: '', message: 'the top level must be settings with names (an object)' },
    ]);
  }
  return {
    path,
    value: document.toJS({ maxAliasCount: 100 }) as Record<string, unknown>,
    problems: [],
    originOf: (where) => `${name}:${lineOf({ document, lines, path: where })}`,
  };
}

function broken(path: string, problems: readonly SettingProblem[]): ConfigFile {
  return { path, value: {}, problems, originOf: () => basename(path) };
}

/** YAML takes more than JSON does: a file that says it is JSON must be JSON for other readers too. */
function findJsonProblems(text: string, name: string): SettingProblem[] {
  if (text.trim() === '') return [];
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    return [{ origin: name, path: '', message: `not valid JSON: ${(error as Error).message}` }];
  }
}

function keyAt(text: string, [start, end]: readonly [number, number]): string {
  const rest = text.slice(start, Math.max(end, start + 80));
  return /^["']?([^"':\s]+)/.exec(rest)?.[1] ?? '?';
}

function lineOf(place: { document: Document; lines: LineCounter; path: readonly PropertyKey[] }): number {
  for (let length = place.path.length; length > 0; length -= 1) {
    const parent = place.document.getIn(place.path.slice(0, length - 1), true);
    const key = String(place.path[length - 1]);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => String((item.key as { value?: unknown } | null)?.value) === key);
      const range = (pair?.key as { range?: readonly number[] } | undefined)?.range;
      if (range?.[0] !== undefined) return place.lines.linePos(range[0]).line;
      continue;
    }
    const node = place.document.getIn(place.path.slice(0, length), true) as { range?: readonly number[] } | undefined;
    if (node?.range?.[0] !== undefined) return place.lines.linePos(node.range[0]).line;
  }
  return 1;
}
