import { planTask } from '../src/cli/plan-task.ts';
import { readTaskRequest } from '../src/cli/task-request.ts';
import type { DemoFleet } from './start-demo-fleet.ts';
import type { Prepared } from './prepare-demo.ts';
import type { Show } from './run-demo.ts';
import type { WatchedTask } from './watch-tasks.ts';

/** Files the issues on the forge, and submits each as `taskfleet run --repo … --issue …` does. */
export async function submitIssues(
  given: Show & { readonly prepared: Prepared; readonly fleet: DemoFleet },
): Promise<WatchedTask[]> {
  const { prepared, fleet, output, dir } = given;
  return await Promise.all(
    prepared.packages.map(async (demo) => {
      const [owner = '', name = ''] = demo.repo.split('/');
      const issue = await prepared.github.createIssue({ owner, name, ...demo.issue });
      const input = readTaskRequest({ repo: demo.repo, issue: String(issue.number) }, dir);
      const plan = await planTask(fleet.context, input);
      await fleet.service.start(input);
      output.say(`Submitted ${issue.url}`, `  ${demo.issue.title}`);
      return { demo, id: plan.id, issue, status: undefined, latest: undefined };
    }),
  );
}
