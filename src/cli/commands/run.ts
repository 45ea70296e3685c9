import type { Command } from 'commander';
import type { TaskInput } from '../../contract/task-input.ts';
import { CommandError } from '../command-error.ts';
import { identify } from '../canonical-id.ts';
import type { CliContext } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { followTask } from '../follow-task.ts';
import { renderPlan, type Plan } from '../output/render-plan.ts';
import { parseDollars, parsePriority } from '../parse-options.ts';
import type { Perform } from '../run-cli.ts';
import type { StartOutcome } from '../task-service.ts';
import type { RequestOptions } from '../task-request.ts';

interface RunOptions extends RequestOptions {
  readonly watch?: boolean;
  readonly dryRun?: boolean;
  readonly output?: string;
}

export function addRun(program: Command, perform: Perform): void {
  program
    .command('run')
    .description('start a task: an issue or a prompt')
    .option(
      '--repo <repo>',
      'owner/name, host/owner/name, a git URL or a folder; without it a prompt works in a scratch folder',
    )
    .option('--issue <issue>', "the issue's number, or the address of its page")
    .option('--prompt <text>', "what to do, in words; '-' reads it from stdin")
    .option('--base <branch>', 'branch to start from and to merge into (default: that of the repository)')
    .option('--specialty <name>', 'who does it (default: chosen from labels and text)')
    .option('--model <model>', 'in place of the model of the specialty')
    .option('--budget <dollars>', 'most that it may spend on the model', parseDollars)
    .option('--definition <name>', 'the stages it goes through')
    .option('--key <text>', 'tells two submissions of the same prompt apart')
    .option('--priority <number>', '1 (first) to 5 (last)', parsePriority)
    .option('--watch', 'follow it to its end; Ctrl-C stops looking, not the task')
    .option('--dry-run', 'write nothing anywhere, show what would be done')
    .option(
      '--output <dir>',
      'follow it, and put its files there: of a task without repository, or that could not push',
    )
    .action(async (options: RunOptions) => {
      await perform(async (context) => run(context, options));
    });
}

async function run(context: CliContext, options: RunOptions): Promise<ExitCode> {
  const [{ readTaskRequest }, { planTask }] = await Promise.all([
    import('../task-request.ts'),
    import('../plan-task.ts'),
  ]);
  const prompt = options.prompt === '-' ? await context.readStdin() : options.prompt;
  const input = readTaskRequest({ ...options, ...(prompt !== undefined && { prompt }) }, context.cwd);
  if (options.output && identify(input, context).kind === 'forge') {
    throw new CommandError(
      ExitCode.Usage,
      '--output is for tasks without a repository on the forge',
      'the others end in a pull request',
    );
  }
  const plan = await planTask(context, input);
  const { output } = context;
  if (!output.json) output.say(...renderPlan(plan, output.palette), '');
  if (options.dryRun) {
    output.data({ ...plan, dryRun: true });
    if (!output.json) output.say('Dry run: nothing was started and nothing was written.');
    return ExitCode.Ok;
  }
  return await startTask(context, { plan, input, options });
}

async function startTask(
  context: CliContext,
  { plan, input, options }: { plan: Plan; input: TaskInput; options: RunOptions },
): Promise<ExitCode> {
  const { output } = context;
  const outcome = await (await context.tasks()).start(input);
  if (!options.watch && !options.output) {
    output.data({ ...plan, outcome });
    if (!output.json) output.say(...describeOutcome(outcome, plan.id));
    return ExitCode.Ok;
  }
  output.event({ type: outcome, ...plan });
  if (!output.json && outcome !== 'started') output.say(...describeOutcome(outcome, plan.id));
  const code = await followTask(context, plan.id);
  if (options.output && code === ExitCode.Ok) {
    await save(context, plan.id, options.output);
  }
  return code;
}

/** A task that changed nothing, or could push, has done well: that there are no files is worth a line, and no error. */
async function save(context: CliContext, id: string, folder: string): Promise<void> {
  const { describeSaved, saveFiles } = await import('../save-files.ts');
  const { output } = context;
  try {
    const saved = await saveFiles(context, id, folder);
    output.event({ type: 'saved', ...saved });
    output.note(describeSaved(saved));
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== ExitCode.NotFound) throw error;
    output.note(`No files were written: ${error.message}.`);
  }
}

/** What came of the start, in words: the same task typed twice is one task. */
export function describeOutcome(outcome: StartOutcome, id: string): string[] {
  switch (outcome) {
    case 'started':
      return ['Started.', `Follow it: taskfleet logs -f '${id}'`];
    case 'running':
      return ['This task is running already: nothing new was started.', `Follow it: taskfleet logs -f '${id}'`];
    case 'ended':
      return [
        'This task has been done already: nothing new was started.',
        `See it: taskfleet show '${id}'    Do it again: taskfleet retry '${id}'`,
      ];
  }
}
