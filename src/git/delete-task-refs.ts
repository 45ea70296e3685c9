import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';
import { taskRefPrefix } from './task-ref.ts';

/** Deletes every ref of a task from a mirror; a no-op where there are none, or no mirror. */
export async function deleteTaskRefs(git: Git, mirror: string, key: string): Promise<void> {
  const there = await access(join(mirror, 'HEAD')).then(
    () => true,
    () => false,
  );
  if (!there) return;
  const listed = await git.run(['for-each-ref', '--format=%(refname)', `${taskRefPrefix(key)}/`], { gitDir: mirror });
  const refs = listed.toString('utf8').split('\n').filter(Boolean);
  if (refs.length === 0) return;
  const stdin = refs.map((ref) => `delete ${ref}\n`).join('');
  await git.run(['update-ref', '--stdin'], { gitDir: mirror, stdin });
}
