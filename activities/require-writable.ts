import { FailureType } from '../src/domain/failure-type.ts';
import { TypedError } from '../src/domain/typed-error.ts';
import type { ForgeRepository } from '../src/forge/forge.ts';

/** Throws TypedError `AccessDenied` for a repository that nothing can be pushed to. */
export function requireWritable(repository: ForgeRepository): void {
  if (repository.archived) {
    throw new TypedError(FailureType.AccessDenied, 'The repository is archived, so nothing can be pushed to it.', {
      hint: 'Unarchive it in its settings.',
    });
  }
  if (repository.canPush === false) {
    throw new TypedError(
      FailureType.AccessDenied,
      `The token may not push to ${repository.owner}/${repository.name}.`,
      {
        hint: 'Give it write access to contents, issues and pull requests (or the scope repo).',
      },
    );
  }
}
