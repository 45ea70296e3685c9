import { join } from 'node:path';
import { createGit } from '../src/git/git.ts';
import { checkBranch } from './check-branch.ts';
import { definedOnly } from './demo-settings.ts';
import { toRow, type DemoRow } from './demo-report.ts';
import type { EmulatedGithub } from './emulator/start-emulated-github.ts';
import type { Show } from './run-demo.ts';
import type { WatchedTask } from './watch-tasks.ts';

/** Checks every branch that was pushed, one after the other: the time bounds in their tests are not to be disturbed. */
export async function checkAll(
  given: Show & { readonly tasks: readonly WatchedTask[]; readonly github: EmulatedGithub },
): Promise<DemoRow[]> {
  const { tasks, github, env, dir, signal } = given;
  const git = createGit({ env: definedOnly(env) });
  const rows: DemoRow[] = [];
  for (const task of tasks) {
    const { demo, status } = task;
    const branch = (status?.pullRequest && status.branch) ?? null;
    const folder = join(dir, 'checks', demo.name);
    const remote = `${github.gitUrl}/${demo.repo}.git`;
    const verdict = branch === null ? null : await checkBranch({ demo, remote, branch, folder, git, env, signal });
    rows.push(toRow(task, verdict));
  }
  return rows;
}
