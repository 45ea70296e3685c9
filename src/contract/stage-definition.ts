import { z } from 'zod';
import { findDefinitionProblems, StageType, type Definition as SoundDefinition } from '../domain/definition.ts';

const duration = z.string().regex(/^\d+\s?(ms|s|m|h|d)$/, "a duration such as '90s', '30m' or '2h'");
const id = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, "lower-case letters, digits and dashes, such as 'unit-tests'");

const Criterion = z.strictObject({
  figure: z.string().min(1),
  is: z.enum(['equal', 'not-equal', 'at-least', 'at-most']),
  value: z.union([z.string(), z.number(), z.boolean()]),
});

const RetryRule = z.strictObject({
  maximumAttempts: z.int().min(1).max(100).default(5),
  initialInterval: duration.default('5s'),
  maximumInterval: duration.default('15m'),
  backoffCoefficient: z.number().min(1).max(10).default(2),
});

const Stage = z.strictObject({
  id,
  type: z.enum(Object.values(StageType)),
  dependsOn: z.array(id).default([]),
  required: z.boolean().default(true),
  timeout: duration.default('2h'),
  retry: RetryRule.prefault({}),
  needs: z.strictObject({ diskMb: z.int().min(0).default(500), memoryMb: z.int().min(0).default(512) }).prefault({}),
  success: z.array(Criterion).default([]),
  failure: z.array(Criterion).default([]),
  redo: z.strictObject({ stage: id, rounds: z.int().min(1).max(10) }).optional(),
  command: z.string().min(1).optional(),
});

/** A definition as people write it: structure by zod, loops and dangling names by the domain; all problems at once. */
export const Definition = z
  .strictObject({ name: id, stages: z.array(Stage).min(1).max(50) })
  .superRefine((value, context) => {
    for (const message of findDefinitionProblems(value)) context.addIssue({ code: 'custom', message });
  });
export type Definition = z.infer<typeof Definition>;

// what zod accepts is what the domain means: a compile error here says that the two drifted apart
Definition satisfies z.ZodType<SoundDefinition>;
