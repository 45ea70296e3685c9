import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyIndex } from './copy-index.ts';
import { removeTree } from './remove-tree.ts';

export interface AgentRepository {
  readonly work: string;
  readonly mirror: string;
  readonly branch: string;
  readonly baseSha: string;
  /** The index of the checkout, so that the session's first `git status` need not read every file. */
  readonly indexFile: string;
  readonly author: { readonly name: string; readonly email: string };
}

/**
 * Gives the session's tree a repository of its own: objects borrowed from the mirror, one branch at the base,
 * no remote, no hooks, no configuration shared with us. Written file by file: no git runs in there.
 */
export async function writeAgentRepository(repository: AgentRepository): Promise<void> {
  const git = join(repository.work, '.git');
  const branch = join(git, 'refs', 'heads', repository.branch);
  await removeTree(git);
  await mkdir(join(branch, '..'), { recursive: true });
  await mkdir(join(git, 'refs', 'tags'), { recursive: true });
  await mkdir(join(git, 'objects', 'info'), { recursive: true });
  await mkdir(join(git, 'objects', 'pack'), { recursive: true });
  await mkdir(join(git, 'info'), { recursive: true });
  await writeFile(join(git, 'objects', 'info', 'alternates'), `${join(repository.mirror, 'objects')}\n`);
  await writeFile(
    join(git, 'config'),
    [
      '[core]',
      '\trepositoryformatversion = 0',
      '\tfilemode = true',
      '\tbare = false',
      '\tlogallrefupdates = true',
      '[user]',
      `\tname = ${quote(repository.author.name)}`,
      `\temail = ${quote(repository.author.email)}`,
      '',
    ].join('\n'),
  );
  await writeFile(join(git, 'info', 'attributes'), '* -text -eol -filter -ident -working-tree-encoding\n');
  await writeFile(branch, `${repository.baseSha}\n`);
  await copyIndex(repository.indexFile, join(git, 'index'));
  // last: without HEAD it counts as no repository, and is written again
  await writeFile(join(git, 'HEAD'), `ref: refs/heads/${repository.branch}\n`);
}

/** Whether the tree still has a folder that git would take for its repository. */
export async function hasAgentRepository(work: string): Promise<boolean> {
  const [git, head] = await Promise.all([
    lstat(join(work, '.git')).catch(() => undefined),
    lstat(join(work, '.git', 'HEAD')).catch(() => undefined),
  ]);
  return git?.isDirectory() === true && head?.isFile() === true;
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n\0]/g, ' ')}"`;
}
