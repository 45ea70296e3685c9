import { Transform, type Readable } from 'node:stream';
import { FailureType } from '../domain/failure-type.ts';
import { RequestRefused } from './problem.ts';

/** The same stream, which fails as soon as more than that came out of it, whatever its headers said. */
export function limitBody(body: Readable, maxBytes: number): Readable {
  let bytes = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) done(tooLarge(maxBytes));
      else done(null, chunk);
    },
  });
  body.on('error', (error) => limited.destroy(error));
  body.on('aborted', () => limited.destroy(new Error('the client broke off')));
  return body.pipe(limited);
}

export function tooLarge(maxBytes: number): RequestRefused {
  return new RequestRefused(413, FailureType.Refused, { detail: `The body may have at most ${maxBytes} bytes.` });
}

/** The whole body as text; bytes that are no UTF-8 come out as replacement characters. */
export async function readText(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The whole body as JSON. */
export async function readJson(body: Readable): Promise<unknown> {
  const text = await readText(body);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RequestRefused(400, FailureType.BadInput, { detail: `The body is no JSON: ${String(error)}` });
  }
}
