/** Text as HTML that shows it and does nothing else. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The few forms of Markdown that issues and pull requests mostly use. Escapes first, so that no HTML of theirs is left. */
export function renderMarkdown(source: string): string {
  const html: string[] = [];
  const lines = source.replace(/<!--[\s\S]*?-->/g, '').split('\n');
  let at = 0;
  const take = (wanted: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (at < lines.length && wanted(lines[at] ?? '')) taken.push(lines[at++] ?? '');
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (/^(```|~~~)/.test(line)) {
      at += 1;
      const code = take((one) => !/^(```|~~~)\s*$/.test(one));
      at += 1;
      html.push(`<pre>${escapeHtml(code.join('\n'))}</pre>`);
    } else if (heading) {
      at += 1;
      html.push(`<h3>${inline(heading[2] ?? '')}</h3>`);
    } else if (line.startsWith('|')) {
      html.push(table(take((one) => one.startsWith('|'))));
    } else if (/^\s*[-*] /.test(line)) {
      const points = take((one) => /^\s*[-*] /.test(one));
      html.push(`<ul>${points.map((one) => `<li>${inline(one.replace(/^\s*[-*] /, ''))}</li>`).join('')}</ul>`);
    } else if (line.trim() === '') {
      at += 1;
    } else {
      const paragraph = [line];
      at += 1;
      paragraph.push(...take((one) => one.trim() !== '' && !/^(```|~~~|#{1,6}\s|\||\s*[-*] )/.test(one)));
      html.push(`<p>${inline(paragraph.join('\n'))}</p>`);
    }
  }
  return html.join('\n');
}

function inline(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part) =>
      part.length > 2 && part.startsWith('`') ? `<code>${escapeHtml(part.slice(1, -1))}</code>` : emphasis(part),
    )
    .join('');
}

function emphasis(text: string): string {
  return escapeHtml(text)
    .replace(/\*\*([^*\n]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\\([#/|=-])/g, '$1')
    .replaceAll('\n', '<br>');
}

function table(rows: readonly string[]): string {
  const cells = (row: string): string[] =>
    row
      .replace(/^\||\|\s*$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => inline(cell.trim().replaceAll('\\|', '|')));
  const [head = '', , ...body] = rows;
  const line = (row: string, tag: string): string =>
    `<tr>${cells(row)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join('')}</tr>`;
  return `<table>${line(head, 'th')}${body.map((row) => line(row, 'td')).join('')}</table>`;
}
