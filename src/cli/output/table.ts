import { stripVTControlCharacters } from 'node:util';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A plain table: columns as wide as their widest cell, two spaces between, no trailing blanks. Cells may be coloured. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const all = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => width(row[index] ?? ''))));
  return all.map((row) =>
    columns
      .map((column, index) => pad(row[index] ?? '', widths[index] ?? 0, column.align))
      .join('  ')
      .trimEnd(),
  );
}

function pad(cell: string, to: number, align: Column['align']): string {
  const gap = ' '.repeat(Math.max(0, to - width(cell)));
  return align === 'right' ? gap + cell : cell + gap;
}

/** Columns that a terminal needs: wide characters of Asian scripts and emoji take two. */
function width(text: string): number {
  let sum = 0;
  for (const point of stripVTControlCharacters(text)) {
    if (/\p{Mark}/u.test(point)) continue;
    sum +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/u.test(
        point,
      )
        ? 2
        : 1;
  }
  return sum;
}
