import type { Git, GitCall } from './git.ts';

/** The remote's default branch as a full ref name; undefined when it says none (an empty repository, a detached HEAD). */
export async function readRemoteHead(git: Git, url: string, call: GitCall): Promise<string | undefined> {
  const answer = await git.run(['ls-remote', '--symref', '--end-of-options', url, 'HEAD'], call);
  return /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(answer.toString('utf8'))?.[1];
}

/** The commit that a branch has on the remote, or undefined where there is no such branch. */
export async function readRemoteBranch(
  git: Git,
  remote: { readonly url: string; readonly branch: string },
  call: GitCall,
): Promise<string | undefined> {
  const ref = `refs/heads/${remote.branch}`;
  const answer = await git.run(['ls-remote', '--end-of-options', remote.url, ref], call);
  const lines = answer.toString('utf8').split('\n');
  return lines.find((line) => line.endsWith(`\t${ref}`))?.split('\t')[0];
}
