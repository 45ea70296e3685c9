import type { ArtifactDigest } from '../contract/activities.ts';

/** Keeps what is too large for Temporal's history, by the sha256 of its content: putting it twice is putting it once. */
export interface ArtifactStore {
  put(content: Buffer): Promise<ArtifactDigest>;
  /** Throws TypedError `WorkspaceLost` when nothing is stored under the digest or the content does not match it. */
  get(digest: ArtifactDigest): Promise<Buffer>;
}

/** Larger artifacts are refused at the door of every store: 256 MiB. */
export const MAX_ARTIFACT_BYTES = 256 * 1024 * 1024;
