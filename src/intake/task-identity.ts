import { createHash } from 'node:crypto';
import type { TaskInput } from '../contract/task-input.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { parseRepoAddress, type ForgePlace, type RepoAddress } from './repo-address.ts';

/** Which task an input means. */
export interface TaskIdentity {
  /** The canonical workflow id: `task:github.com/owner/name#12`, `task:<repo>/<digest>` or `task:scratch/<digest>`. */
  readonly id: string;
  readonly kind: 'forge' | 'git' | 'scratch';
  /** Null for a scratch task. */
  readonly address: RepoAddress | null;
  readonly issue: number | null;
  /** Of the submission, 16 hexadecimal digits; null for an issue, which has a number. */
  readonly digest: string | null;
}

/** Finds the canonical id: no user text in it, the same for every way to write the same task. Throws BadInput. */
export function identifyTask(input: TaskInput, forge: ForgePlace): TaskIdentity {
  const address = input.repo === undefined ? null : parseRepoAddress(input.repo, forge);
  if (input.issue !== undefined) {
    if (address?.kind !== 'forge') {
      throw new TypedError(FailureType.BadInput, `'${input.repo ?? ''}' is not on the forge, so it has no issues.`, {
        hint: "Give a 'prompt' instead, or an owner/name of the forge.",
      });
    }
    return { id: `task:${address.key}#${input.issue}`, kind: 'forge', address, issue: input.issue, digest: null };
  }
  const digest = digestSubmission(input, address);
  return {
    id: `task:${address?.key ?? 'scratch'}/${digest}`,
    kind: address?.kind ?? 'scratch',
    address,
    issue: null,
    digest,
  };
}

/** Submissions that differ in white space alone are one task; definition, repository and key tell tasks apart. */
function digestSubmission(input: TaskInput, address: RepoAddress | null): string {
  const submission = [
    (input.prompt ?? '').normalize('NFC').trim().replace(/\s+/g, ' '),
    address?.key ?? null,
    input.definition ?? null,
    input.key ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(submission)).digest('hex').slice(0, 16);
}
