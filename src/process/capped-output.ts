/** Keeps the first and the last half of `maxBytes` of what is written to it. */
export class CappedOutput {
  readonly #half: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  readonly #tail: Buffer[] = [];
  #tailBytes = 0;
  #cutBytes = 0;

  constructor(maxBytes: number) {
    this.#half = Math.max(1, Math.floor(maxBytes / 2));
  }

  write(chunk: Buffer): void {
    const room = this.#half - this.#headBytes;
    if (room > 0) {
      const part = chunk.subarray(0, room);
      this.#head.push(part);
      this.#headBytes += part.length;
    }
    if (chunk.length <= room) return;
    const rest = chunk.subarray(Math.max(0, room));
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    while (this.#tailBytes > this.#half) {
      const first = this.#tail[0] as Buffer;
      const surplus = this.#tailBytes - this.#half;
      if (first.length <= surplus) this.#tail.shift();
      // copied when it would pin a much larger buffer
      else this.#tail[0] = Buffer.from(first.subarray(surplus));
      const dropped = Math.min(first.length, surplus);
      this.#tailBytes -= dropped;
      this.#cutBytes += dropped;
    }
  }

  /** The text with invalid UTF-8 replaced, and a line in the middle where something was cut. */
  text(): string {
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (this.#cutBytes === 0) return Buffer.concat([head, tail]).toString('utf8');
    return `${head.toString('utf8')}\n[… ${this.#cutBytes} bytes cut …]\n${tail.toString('utf8')}`;
  }
}
