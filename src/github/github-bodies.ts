import { z } from 'zod';

// what is used of GitHub's answers, and nothing else: a field that GitHub drops or adds elsewhere breaks nothing here

export const IssueBody = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  state: z.string(),
  comments: z.int().default(0),
  pull_request: z.unknown().optional(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])).default([]),
});
export type IssueBody = z.infer<typeof IssueBody>;

export const CommentBody = z.object({
  id: z.int(),
  body: z.string().nullish(),
  user: z.object({ login: z.string(), type: z.string().optional() }).nullish(),
});
export type CommentBody = z.infer<typeof CommentBody>;

export const LabelBody = z.object({ name: z.string() });

export const RepositoryBody = z.object({
  name: z.string(),
  owner: z.object({ login: z.string() }),
  default_branch: z.string(),
  archived: z.boolean().default(false),
  permissions: z.object({ push: z.boolean() }).optional(),
});

export const PullBody = z.object({
  number: z.int(),
  html_url: z.string(),
  state: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  merged_at: z.string().nullish(),
  head: z.object({
    ref: z.string(),
    sha: z.string(),
    repo: z.object({ full_name: z.string() }).nullish(),
  }),
  base: z.object({ ref: z.string(), repo: z.object({ full_name: z.string() }).nullish() }),
});
export type PullBody = z.infer<typeof PullBody>;

export const UserBody = z.object({ login: z.string() });
