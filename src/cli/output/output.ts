import pc from 'picocolors';

/** The streams a command speaks to; process streams, or what a test collects. */
export interface OutputStreams {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

export type Palette = ReturnType<typeof pc.createColors>;

/** Where a command's words go. With `--json`, data alone goes to stdout and words for people to stderr. */
export interface Output {
  readonly json: boolean;
  readonly verbose: boolean;
  /** Whether a person watches: then progress may be redrawn in place. */
  readonly live: boolean;
  readonly palette: Palette;
  readonly width: number;
  /** For people: stdout, or stderr with `--json`. */
  say(...lines: readonly string[]): void;
  /** For people beside the result: always stderr. */
  note(...lines: readonly string[]): void;
  /** The one JSON document of the command; nothing without `--json`. */
  data(document: unknown): void;
  /** One line of a JSON stream; nothing without `--json`. */
  event(document: unknown): void;
  /** Whether anything went to stdout as JSON. */
  readonly wroteData: boolean;
  error(report: { readonly message: string; readonly hint?: string | undefined }, stack?: string): void;
}

export interface OutputChoice {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colours only where a person looks at a terminal: not piped, not with NO_COLOR, TERM=dumb or --no-color. */
export function createOutput(streams: OutputStreams, choice: OutputChoice): Output {
  const { env } = choice;
  const palette = pc.createColors(!choice.json && mayColor(streams.stdout, choice));
  const errorPalette = pc.createColors(mayColor(streams.stderr, choice));
  let wroteData = false;
  const write = (stream: { write(text: string): unknown }, lines: readonly string[]): void => {
    if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
  };
  const json = (document: unknown, indent: number | undefined): void => {
    if (!choice.json) return;
    wroteData = true;
    streams.stdout.write(`${JSON.stringify(document, null, indent)}\n`);
  };
  return {
    json: choice.json,
    verbose: choice.verbose,
    live: streams.stdout.isTTY === true && !choice.json && env['TERM'] !== 'dumb' && !env['CI'],
    palette,
    width: streams.stdout.columns ?? 100,
    say: (...lines) => write(choice.json ? streams.stderr : streams.stdout, lines),
    note: (...lines) => write(streams.stderr, lines),
    data: (document) => json(document, 2),
    event: (document) => json(document, undefined),
    get wroteData() {
      return wroteData;
    },
    error: ({ message, hint }, stack) => {
      const lines = [`${errorPalette.red('error:')} ${message}`];
      if (hint) lines.push(`${errorPalette.cyan('mend:')} ${hint}`);
      if (stack) lines.push(errorPalette.dim(stack));
      write(streams.stderr, lines);
    },
  };
}

function mayColor(stream: { readonly isTTY?: boolean }, { color, env }: OutputChoice): boolean {
  return color && stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
