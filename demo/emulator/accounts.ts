import type { IncomingHttpHeaders } from 'node:http';

export interface EmulatedUser {
  readonly login: string;
  readonly token: string;
  /** `write` may do all that taskfleet needs, `read` may only look: in every repository. */
  readonly rights: 'write' | 'read';
}

/** Who asks: a user, nobody (no credentials), or an impostor (credentials that nobody has). */
export type Caller = EmulatedUser | 'nobody' | 'impostor';

/** Reads the credentials of the API (`Bearer`, `token`) and of git (`Basic`, the password counts). */
export function findCaller(users: readonly EmulatedUser[], headers: IncomingHttpHeaders): Caller {
  const header = headers.authorization;
  if (header === undefined) return 'nobody';
  const [scheme = '', value = ''] = header.split(/\s+/);
  const token = scheme.toLowerCase() === 'basic' ? passwordOf(value) : value;
  return users.find((user) => user.token === token) ?? 'impostor';
}

function passwordOf(basic: string): string {
  const decoded = Buffer.from(basic, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}
