import { z } from 'zod';
import { MAX_ARTIFACT_BYTES } from '../artifacts/artifact-store.ts';
import type { ArtifactStreams } from '../artifacts/artifact-streams.ts';
import { parseOrRefuse } from './problem.ts';
import type { Route } from './route.ts';

const Params = z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 in lower-case hex') });

/** Artifacts by digest, streamed both ways. */
export function artifactRoutes(artifacts: ArtifactStreams, maxBytes: number = MAX_ARTIFACT_BYTES): Route[] {
  const path = '/v1/artifacts/:digest';
  return [
    {
      method: 'PUT',
      path,
      bodyLimit: maxBytes,
      async handle({ params, body }) {
        const { digest } = parseOrRefuse(Params, params, 'path');
        await artifacts.putStream(body as AsyncIterable<Buffer>, digest);
        return { status: 201, json: { digest } };
      },
    },
    {
      method: 'GET',
      path,
      async handle({ params }) {
        const { digest } = parseOrRefuse(Params, params, 'path');
        const { bytes, content } = await artifacts.getStream(digest);
        const headers = { 'content-type': 'application/octet-stream', 'content-length': String(bytes) };
        return { headers, stream: content };
      },
    },
  ];
}
