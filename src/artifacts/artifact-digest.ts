import { createHash } from 'node:crypto';
import type { ArtifactDigest } from '../contract/activities.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

/** The digest under which every store keeps this content. */
export function digestOf(content: Uint8Array): ArtifactDigest {
  return createHash('sha256').update(content).digest('hex');
}

/** Whether it is a digest and nothing else: it becomes part of paths and URLs. */
export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** The failure of every store for something that it does not have (any more). */
export function missingArtifact(digest: ArtifactDigest): TypedError {
  return new TypedError(FailureType.WorkspaceLost, `No artifact is stored under ${digest}.`, {
    hint: 'The step that made it has to run again.',
  });
}

/** The failure of every store for content that is not what its digest says. */
export function damagedArtifact(digest: ArtifactDigest): TypedError {
  return new TypedError(FailureType.WorkspaceLost, `The artifact ${digest} is damaged.`, {
    hint: 'The step that made it has to run again; check the disk of the coordinator.',
  });
}

/** The failure of every store for content above its cap. */
export function oversizeArtifact(maxBytes: number): TypedError {
  return new TypedError(FailureType.Refused, `An artifact may have at most ${maxBytes} bytes; this one has more.`, {
    hint: 'Exclude large files from the change, or keep them in Git LFS.',
  });
}
