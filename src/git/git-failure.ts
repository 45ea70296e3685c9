import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

interface Rule {
  readonly says: RegExp;
  readonly type: FailureType;
  readonly hint?: string;
}

/** First match wins: a refusal by the remote also says "failed to push". */
const RULES: readonly Rule[] = [
  {
    says: /No space left on device|Disk quota exceeded|ENOSPC/i,
    type: FailureType.DiskFull,
    hint: 'Free some disk space; the step is tried again.',
  },
  {
    says: /Authentication failed|could not read (Username|Password)|Permission denied \(|HTTP (Basic: Access denied|401|403)|returned error: 40[13]|Permission to .* denied|(write|read) access to repository not granted/i,
    type: FailureType.AccessDenied,
    hint: 'Check that the account behind the token may read and push to this repository.',
  },
  {
    says: /detected dubious ownership/i,
    type: FailureType.AccessDenied,
    hint: 'The folder belongs to another user: run taskfleet as its owner or clone it.',
  },
  {
    says: /Repository not found|returned error: 404|not found:? did you run git update-server-info|does not appear to be a git repository|repository '.*' (not found|does not exist)/i,
    type: FailureType.RepositoryNotFound,
    hint: 'Check the name, and that the account may see it.',
  },
  {
    says: /stale info|\[(remote )?rejected\]|pre-receive hook declined|protected branch|GH0\d\d|non-fast-forward|refusing to update/i,
    type: FailureType.PushRefused,
  },
  {
    says: /Could not resolve (host|proxy)|Connection (refused|reset|timed out)|Failed to connect|Couldn't connect|unexpected disconnect|early EOF|the remote end hung up|returned error: 5\d\d|returned error: 429|RPC failed|Operation timed out|SSL|TLS|gnutls|Empty reply from server|Network is unreachable|Could not read from remote repository/i,
    type: FailureType.Network,
  },
  {
    says: /(couldn't find remote ref|not our ref|bad object|unknown revision)/i,
    type: FailureType.BaseNotFound,
  },
];

/** The one place that says what git's words mean. Credentials in URLs are masked, the text is cut at 600 characters. */
export function gitFailure(stderr: string, what: string): TypedError {
  const rule = RULES.find((one) => one.says.test(stderr));
  const said = tidy(stderr);
  return new TypedError(
    rule?.type ?? FailureType.GitFailed,
    said ? `The ${what} failed: ${said}` : `The ${what} failed.`,
    rule?.hint === undefined ? {} : { hint: rule.hint },
  );
}

function tidy(stderr: string): string {
  return stderr
    .replace(/(\w+:\/\/)[^/\s@]+@/g, '$1***@')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line && !line.startsWith('hint:'))
    .join(' · ')
    .slice(0, 600);
}
