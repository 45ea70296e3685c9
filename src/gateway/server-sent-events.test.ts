import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeEvents, encodeEvent, KEEP_ALIVE, type ServerSentEvent } from './server-sent-events.ts';

async function* cut(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

describe('server-sent events', () => {
  it('come out as they went in, wherever the stream was cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.nat().map((n) => String(n + 1)), data: fc.json() })),
        fc.integer({ min: 1, max: 20 }),
        async (events, size) => {
          const bytes = Buffer.from(KEEP_ALIVE + events.map(encodeEvent).join(KEEP_ALIVE));
          const decoded: ServerSentEvent[] = [];

          for await (const event of decodeEvents(cut(bytes, size))) decoded.push(event);

          expect(decoded).toEqual(events);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keep their name', async () => {
    const decoded: ServerSentEvent[] = [];

    for await (const event of decodeEvents(cut(Buffer.from(encodeEvent({ event: 'end', data: '{}' })), 3)))
      decoded.push(event);

    expect(decoded).toEqual([{ event: 'end', data: '{}' }]);
  });
});
