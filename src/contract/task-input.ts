import { z } from 'zod';

/** Ordinary, neither ahead of the others nor behind them: 1 is first, 5 is last. */
export const DEFAULT_PRIORITY = 3;

/** What starts a task: by hand, from the CLI, from REST. Small, with defaults for all the rest. */
export const TaskInput = z
  .strictObject({
    /** `owner/name`, `host/owner/name`, a git URL, or an absolute folder; none for a prompt in a scratch folder. */
    repo: z.string().min(1).max(500).optional(),
    issue: z.int().min(1).optional(),
    prompt: z.string().trim().min(1).max(50_000).optional(),
    /** The name of a definition of the coordinator's. */
    definition: z.string().min(1).max(60).optional(),
    /** A specialty or an alias of one; chosen from labels and text where not given. */
    specialty: z.string().min(1).max(60).optional(),
    /** The branch to start from and to merge into; the repository's default branch where not given. */
    base: z.string().min(1).max(200).optional(),
    model: z.string().min(1).max(100).optional(),
    budgetUsd: z.number().positive().max(10_000).optional(),
    priority: z.int().min(1).max(5).optional(),
    /** Tells two submissions of the same prompt apart. */
    key: z.string().min(1).max(200).optional(),
    /** Written by taskfleet: the canonical workflow id, and which retry of the task this is. */
    id: z.string().min(1).max(500).optional(),
    generation: z.int().min(1).optional(),
    source: z.enum(['cli', 'temporal', 'api', 'github', 'batch', 'schedule']).optional(),
  })
  .superRefine((value, context) => {
    if ((value.issue === undefined) === (value.prompt === undefined)) {
      context.addIssue({ code: 'custom', message: "give either 'issue' (a number) or 'prompt' (a text)" });
    }
    if (value.issue !== undefined && value.repo === undefined) {
      context.addIssue({ code: 'custom', message: "an issue needs its 'repo', such as owner/name", path: ['repo'] });
    }
  });
export type TaskInput = z.infer<typeof TaskInput>;
