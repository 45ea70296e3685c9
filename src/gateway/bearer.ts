import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether the header carries the token; takes as long for a nearly right one as for any other. */
export function isAuthorised(header: string | undefined, token: string): boolean {
  const given = /^Bearer (\S+)$/i.exec(header ?? '')?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
