import type { Git } from '../git/git.ts';
import { remember } from '../git/remember.ts';
import { buildExcludeList } from './exclude-list.ts';

/** A commit in a mirror. */
export interface Base {
  readonly mirror: string;
  readonly sha: string;
}

/** What of a base commit each of its tasks needs: asked of git once, for a commit never changes. */
export interface BaseFacts {
  tree(base: Base): Promise<string>;
  /** The lines of the exclude list that come from the repository, without the operator's. */
  excludes(base: Base): Promise<readonly string[]>;
}

/** Bases that are remembered: more than any host works on at once. */
const MOST = 64;

export function createBaseFacts(git: Git): BaseFacts {
  const tree = remember(MOST, async (key) => {
    const { mirror, sha } = JSON.parse(key) as Base;
    return (await git.run(['rev-parse', '--verify', `${sha}^{tree}`], { gitDir: mirror })).toString().trim();
  });
  const excludes = remember(MOST, (key) => buildExcludeList(git, JSON.parse(key) as Base));
  const keyOf = ({ mirror, sha }: Base): string => JSON.stringify({ mirror, sha });
  return { tree: (base) => tree(keyOf(base)), excludes: (base) => excludes(keyOf(base)) };
}
