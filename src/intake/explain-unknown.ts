import { suggestName } from '../domain/nearest-names.ts';

/** That a name means nothing, and what was probably meant: `There is no definition 'deafult'. Did you mean 'default'? Known: …`. */
export function explainUnknown(what: string, name: string, known: readonly string[]): string {
  const shown = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);
  const meant = suggestName(shown, known);
  return `There is no ${what} '${shown}'.${meant === undefined ? '' : ` Did you mean '${meant}'?`} Known: ${known.join(', ')}.`;
}
