import type { RepositoryFiles } from '../repository-files.ts';

/** What one build tool's files say about how a repository is checked: shell commands, run in its root. */
export interface Findings {
  readonly setup: readonly string[];
  readonly lint?: string | undefined;
  readonly types?: string | undefined;
  readonly tests?: string | undefined;
}

/** Finds what there is for one build tool; undefined where the repository does not use it. */
export type Ecosystem = (files: RepositoryFiles) => Findings | undefined;
