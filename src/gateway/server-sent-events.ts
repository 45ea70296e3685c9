/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  /** `message` where it is not named. */
  readonly event?: string;
  readonly id?: string;
  /** Without line breaks: JSON has none. */
  readonly data: string;
}

/** A comment, which keeps proxies and clients from giving the connection up. */
export const KEEP_ALIVE = ': alive\n\n';

export function encodeEvent({ event, id, data }: ServerSentEvent): string {
  return `${event ? `event: ${event}\n` : ''}${id ? `id: ${id}\n` : ''}data: ${data}\n\n`;
}

/** The events in a stream of bytes, however they were cut; comments are passed over. */
export async function* decodeEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = decodeBlock(block);
      if (event) yield event;
    }
  }
}

function decodeBlock(block: string): ServerSentEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
  }
  const data = fields.get('data');
  if (data === undefined) return undefined;
  const event = fields.get('event');
  const id = fields.get('id');
  return { ...(event !== undefined && { event }), ...(id !== undefined && { id }), data };
}
