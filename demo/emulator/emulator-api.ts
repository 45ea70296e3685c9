/** Calls the emulator itself, behind our completions, as the owner of everything. */
export interface EmulatorApi {
  /** Resolves to the answer's JSON; rejects for anything but a success. */
  call(owner: string, method: string, path: string, body?: unknown): Promise<unknown>;
  /** The same, or undefined where there is nothing (404). */
  find(owner: string, path: string): Promise<unknown>;
}

/** The emulator counts 5,000 requests an hour for each token, as GitHub does: seeding takes many, so it has many. */
const TOKENS_PER_OWNER = 40;

export function ownerTokens(owner: string): string[] {
  return Array.from({ length: TOKENS_PER_OWNER }, (_, index) => `internal-${owner}-${index}`);
}

export function createEmulatorApi(baseUrl: string): EmulatorApi {
  let calls = 0;

  async function send(owner: string, method: string, path: string, body?: unknown): Promise<Response> {
    const tokens = ownerTokens(owner);
    const token = tokens[Math.floor(calls++ / 2_000) % tokens.length] ?? '';
    return fetch(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  return {
    async call(owner, method, path, body) {
      const answer = await send(owner, method, path, body);
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer.status === 204 ? undefined : answer.json();
    },
    async find(owner, path) {
      const answer = await send(owner, 'GET', path);
      if (answer.status === 404) {
        await answer.body?.cancel();
        return undefined;
      }
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
  };
}
