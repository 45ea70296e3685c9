import type { z } from 'zod';
import { TaskInput } from '../contract/task-input.ts';
import { CommandError } from './command-error.ts';
import { ExitCode } from './exit-code.ts';
import { absoluteRepo } from './canonical-id.ts';

/** The options of `run` that say what is to be done. */
export interface RequestOptions {
  readonly repo?: string;
  /** `12`, `#12`, or the address of the issue's page. */
  readonly issue?: string;
  readonly prompt?: string;
  readonly base?: string;
  readonly specialty?: string;
  readonly model?: string;
  readonly budget?: number;
  readonly definition?: string;
  readonly key?: string;
  readonly priority?: number;
}

/** The task input that the options mean; throws Usage with everything that is wrong with them. */
export function readTaskRequest(options: RequestOptions, cwd: string): TaskInput {
  const target = options.issue === undefined ? undefined : readIssue(options.issue);
  refuseTwoRepos(target?.repo, options.repo);
  const repo = options.repo ?? target?.repo;
  const given = {
    repo: repo === undefined ? undefined : absoluteRepo(repo, cwd),
    issue: target?.issue,
    prompt: options.prompt,
    base: options.base,
    specialty: options.specialty,
    model: options.model,
    budgetUsd: options.budget,
    definition: options.definition,
    key: options.key,
    priority: options.priority,
    source: 'cli',
  };
  const parsed = TaskInput.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  );
  if (parsed.success) return parsed.data;
  if ((target === undefined) === (options.prompt === undefined)) {
    throw new CommandError(
      ExitCode.Usage,
      'give either --issue or --prompt',
      "'taskfleet run --help' shows what it takes",
    );
  }
  throw new CommandError(ExitCode.Usage, describe(parsed.error), "'taskfleet run --help' shows what it takes");
}

function refuseTwoRepos(ofPage: string | undefined, given: string | undefined): void {
  if (!ofPage || !given || `/${ofPage}`.toLowerCase().endsWith(`/${given}`.toLowerCase())) return;
  throw new CommandError(ExitCode.Usage, `--issue is of ${ofPage}, --repo is ${given}`, 'give one of them');
}

function readIssue(text: string): { issue: number; repo?: string } {
  const [, number] = /^#?([1-9]\d{0,9})$/.exec(text.trim()) ?? [];
  if (number) return { issue: Number(number) };
  // the whole address: a host with a port would be taken for a path without its scheme
  const [, repo, ofPage] = /^(https?:\/\/[^/]+\/[^/]+\/[^/]+)\/issues\/(\d+)/.exec(text.trim()) ?? [];
  if (repo && ofPage) return { issue: Number(ofPage), repo };
  throw new CommandError(
    ExitCode.Usage,
    `'${text}' is no issue`,
    'give its number (12) or the address of its page (https://github.com/owner/name/issues/12)',
  );
}

function describe(error: z.ZodError): string {
  const names: Record<string, string> = { budgetUsd: '--budget', issue: '--issue', prompt: '--prompt', repo: '--repo' };
  return error.issues
    .map((issue) => {
      const name = String(issue.path[0] ?? '');
      return name ? `${names[name] ?? `--${name}`}: ${issue.message}` : issue.message;
    })
    .join('; ');
}
