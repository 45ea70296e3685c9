import type { Command } from 'commander';
import { userInfo } from 'node:os';
import type { TaskMessage } from '../task-service.ts';
import { resolveTask } from '../resolve-task.ts';
import type { Perform } from '../run-cli.ts';

interface MessageOptions {
  readonly repo?: string;
  readonly reason?: string;
  readonly stage?: string;
  readonly note?: string;
}

/** The commands that tell a running task something: each is one Temporal update, answered or refused at once. */
export function addMessages(program: Command, perform: Perform): void {
  const add = (message: TaskMessage, description: string): Command => {
    const command = program
      .command(message)
      .argument('<task>', 'id, owner/name#12, or the end of an id')
      .description(description)
      .option('--repo <repo>', 'the repository of a bare #12');
    command.action(async (text: string, options: MessageOptions) => {
      await perform(async (context) => {
        const id = await resolveTask(context, text, options.repo);
        const { stage, reason, note } = options;
        const body = { actor: actor(), ...(stage && { stage }), ...(reason && { reason }), ...(note && { note }) };
        const answer = await (await context.tasks()).send(id, message, body);
        context.output.data({ id, ...answer });
        if (!context.output.json) context.output.say(`${id}: ${answer.message}`);
      });
    });
    return command;
  };
  add('cancel', 'end a task; its session, workspace and slot are given back').option('--reason <text>', 'why');
  add('pause', 'let a task stand still after the step at work').option('--reason <text>', 'why');
  add('resume', 'go on with a paused task').option('--reason <text>', 'why');
  add('approve', 'let a task go on that waits for approval')
    .requiredOption('--stage <stage>', 'the stage that is approved')
    .option('--note <text>', 'a word to go with it');
  add('reject', 'refuse the approval that a task waits for')
    .requiredOption('--stage <stage>', 'the stage that is refused')
    .requiredOption('--reason <text>', 'why, for the task and for whoever reads it');
}

function actor(): string {
  try {
    return userInfo().username || 'cli';
  } catch {
    // a container may run under an id that has no name
    return 'cli';
  }
}
