import type { Git } from './git.ts';

const AUTHOR = { name: 'taskfleet', email: 'taskfleet@users.noreply.github.com', date: '@946684800 +0000' };

/** Writes the empty first commit of scratch tasks: fixed author, date and words make it the same commit everywhere. */
export async function writeScratchBase(git: Git, mirror: string, signal?: AbortSignal): Promise<string> {
  const empty = await git.run(['hash-object', '-w', '-t', 'tree', '/dev/null'], { gitDir: mirror, signal });
  const tree = empty.toString().trim();
  const sha = await git.run(['commit-tree', tree], {
    gitDir: mirror,
    signal,
    stdin: 'Begin with nothing\n',
    env: {
      GIT_AUTHOR_NAME: AUTHOR.name,
      GIT_AUTHOR_EMAIL: AUTHOR.email,
      GIT_AUTHOR_DATE: AUTHOR.date,
      GIT_COMMITTER_NAME: AUTHOR.name,
      GIT_COMMITTER_EMAIL: AUTHOR.email,
      GIT_COMMITTER_DATE: AUTHOR.date,
    },
  });
  const commit = sha.toString().trim();
  await git.run(['update-ref', 'refs/heads/main', commit], { gitDir: mirror, signal });
  return commit;
}
