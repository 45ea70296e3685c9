import {
  damagedArtifact,
  digestOf,
  isDigest,
  missingArtifact,
  oversizeArtifact,
} from '../artifacts/artifact-digest.ts';
import { MAX_ARTIFACT_BYTES, type ArtifactStore } from '../artifacts/artifact-store.ts';
import { callGateway, callRepeatedly, unreachable, type GatewayAddress } from './gateway-call.ts';

const TRANSFER_MS = 10 * 60 * 1000;

/** The coordinator's artifact store as a host uses it. Nothing is trusted on the way: both ends check the digest. */
export function createRemoteArtifacts(gateway: GatewayAddress): ArtifactStore {
  return {
    async put(content) {
      if (content.byteLength > MAX_ARTIFACT_BYTES) throw oversizeArtifact(MAX_ARTIFACT_BYTES);
      const digest = digestOf(content);
      const headers = { 'content-type': 'application/octet-stream' };
      const body = new Uint8Array(content.buffer as ArrayBuffer, content.byteOffset, content.byteLength);
      const call = { method: 'PUT', path: `/v1/artifacts/${digest}`, headers, body, timeoutMs: TRANSFER_MS } as const;
      await callRepeatedly(async () => (await callGateway(gateway, call)).arrayBuffer());
      return digest;
    },
    async get(digest) {
      if (!isDigest(digest)) throw missingArtifact(digest.slice(0, 64));
      const content = await callRepeatedly(async () => {
        const response = await callGateway(gateway, { path: `/v1/artifacts/${digest}`, timeoutMs: TRANSFER_MS });
        return response.arrayBuffer().catch((error: unknown) => {
          throw unreachable(gateway, error);
        });
      });
      const bytes = Buffer.from(content);
      if (digestOf(bytes) !== digest) throw damagedArtifact(digest);
      return bytes;
    },
  };
}
