import { escapeHtml } from './render-markdown.ts';

export interface Page {
  readonly status: number;
  readonly html: string;
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2328; margin: 0; background: #fff }
header { background: #24292f; padding: 12px 32px } header a { color: #fff; font-weight: 600 }
main { max-width: 1060px; margin: 24px auto; padding: 0 24px }
a { color: #0969da; text-decoration: none } a:hover { text-decoration: underline }
h1 { font-weight: 400; font-size: 26px; margin: 0 0 8px } h1 small, .quiet { color: #59636e }
.state { display: inline-block; border-radius: 2em; padding: 3px 12px; color: #fff; background: #1f883d } .closed { background: #8250df }
.label { border: 1px solid #d1d9e0; border-radius: 2em; padding: 1px 9px; font-size: 12px; margin-right: 4px }
.box { border: 1px solid #d1d9e0; border-radius: 6px; margin: 16px 0 } .box > h2 { font-size: 13px; margin: 0; padding: 8px 16px; background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0 } .box > div { padding: 4px 16px }
pre, code { font: 12px/1.5 ui-monospace, monospace; background: #f6f8fa } pre { padding: 12px; overflow: auto } code { padding: 2px 5px; border-radius: 4px }
table { border-collapse: collapse } th, td { border: 1px solid #d1d9e0; padding: 5px 12px; text-align: left }
.diff { margin: 0; padding: 0 0 8px; background: #fff } .diff span { display: block; padding: 0 12px; white-space: pre-wrap; overflow-wrap: anywhere } .add { background: #dafbe1 } .del { background: #ffebe9 } .hunk { background: #ddf4ff; color: #59636e }
.plus { color: #1a7f37 } .minus { color: #d1242f }
@media (prefers-color-scheme: dark) { body { color: #d1d7e0; background: #0d1117 } a { color: #4493f8 } .box, .label, th, td { border-color: #3d444d } .box > h2, pre, code { background: #151b23; border-color: #3d444d } .diff { background: #0d1117 } .add { background: #12261e } .del { background: #25171c } .hunk { background: #121d2f } }
`;

/** A whole page around content that is HTML already; the title is text. */
export function framePage(title: string, content: string, status = 200): Page {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><header><a href="/">Emulated GitHub</a></header><main>
${content}
</main></body></html>
`;
  return { status, html };
}

/** One file's patch, line by line in its colour. */
export function renderPatch(patch: string): string {
  const lines = patch.split('\n').map((line) => {
    const kind = line.startsWith('@@') ? 'hunk' : line.startsWith('+') ? 'add' : line.startsWith('-') ? 'del' : '';
    return `<span class="${kind}">${escapeHtml(line) || ' '}</span>`;
  });
  return `<pre class="diff">${lines.join('')}</pre>`;
}
