import type { Readable } from 'node:stream';
import type { ArtifactDigest } from '../contract/activities.ts';

/** An artifact store that need not hold a whole artifact in memory: what the gateway serves from. */
export interface ArtifactStreams {
  /** Throws TypedError `BadInput` when the content does not match the digest, `Refused` when it is too large. */
  putStream(content: AsyncIterable<Uint8Array>, expected: ArtifactDigest): Promise<void>;
  /** Throws TypedError `WorkspaceLost` when there is none; the stream errors at its end when the content is damaged. */
  getStream(digest: ArtifactDigest): Promise<{ readonly bytes: number; readonly content: Readable }>;
}
