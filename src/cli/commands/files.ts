import type { Command } from 'commander';
import { resolveTask } from '../resolve-task.ts';
import type { Perform } from '../run-cli.ts';

export function addFiles(program: Command, perform: Perform): void {
  program
    .command('files')
    .argument('<task>', 'id, or the end of an id')
    .description('put the files that a task made into a folder: of one without repository, or that could not push')
    .requiredOption('--output <dir>', 'where they go; made where it is missing')
    .action(async (text: string, options: { output: string }) => {
      await perform(async (context) => {
        const [id, { describeSaved, saveFiles }] = await Promise.all([
          resolveTask(context, text),
          import('../save-files.ts'),
        ]);
        const saved = await saveFiles(context, id, options.output);
        context.output.data({ id, ...saved });
        if (!context.output.json) context.output.say(describeSaved(saved));
      });
    });
}
