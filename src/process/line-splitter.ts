const MAX_LINE = 4096;
const CUT = ' [… cut]';

/**
 * Cuts a stream of bytes into lines and hands each on, without its line end, invalid UTF-8 replaced.
 * A line longer than 4096 characters is handed on once, cut; the rest of it is dropped, not kept in memory.
 */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8');
  readonly #onLine: (line: string) => void;
  #line = '';
  #skipping = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    this.#take(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): void {
    this.#take(this.#decoder.decode());
    if (this.#line !== '') this.#finish();
  }

  #take(text: string): void {
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      this.#add(text, from, at);
      this.#finish();
      from = at + 1;
    }
    this.#add(text, from, text.length);
  }

  #add(text: string, from: number, to: number): void {
    if (this.#skipping) return;
    const room = MAX_LINE - this.#line.length;
    this.#line += text.slice(from, Math.min(to, from + room));
    if (to - from <= room) return;
    this.#onLine(this.#line.slice(0, MAX_LINE - CUT.length).toWellFormed() + CUT);
    this.#line = '';
    this.#skipping = true;
  }

  #finish(): void {
    if (!this.#skipping) this.#onLine(this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line);
    this.#line = '';
    this.#skipping = false;
  }
}
