import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import { z } from 'zod';
import type { TaskStatus } from './task-status.ts';

const actor = z.string().min(1).max(200).optional();

/** An approval names the stage it approves: an empty signal must never release a wait. */
export const Approval = z.strictObject({ stage: z.string().min(1), actor, note: z.string().max(2000).optional() });
export type Approval = z.infer<typeof Approval>;

export const Rejection = z.strictObject({ stage: z.string().min(1), actor, reason: z.string().min(1).max(2000) });
export type Rejection = z.infer<typeof Rejection>;

/** Pause, resume and cancel need nothing, and say who and why where given. */
export const Remark = z.strictObject({ actor, reason: z.string().max(2000).optional() });
export type Remark = z.infer<typeof Remark>;

/** The answer of an update: what the task is doing now that it took effect. */
export interface Acknowledgement {
  readonly state: string;
  readonly message: string;
}

// the same names as signals (Temporal CLI, Web UI) and as updates (our CLI, REST): a signal can only show a refusal
// in the current details, an update answers with it
export const approveSignal = defineSignal<[unknown]>('approve');
export const rejectSignal = defineSignal<[unknown]>('reject');
export const pauseSignal = defineSignal<[unknown]>('pause');
export const resumeSignal = defineSignal<[unknown]>('resume');
export const cancelSignal = defineSignal<[unknown]>('cancel');

export const approveUpdate = defineUpdate<Acknowledgement, [unknown]>('approve');
export const rejectUpdate = defineUpdate<Acknowledgement, [unknown]>('reject');
export const pauseUpdate = defineUpdate<Acknowledgement, [unknown]>('pause');
export const resumeUpdate = defineUpdate<Acknowledgement, [unknown]>('resume');
export const cancelUpdate = defineUpdate<Acknowledgement, [unknown]>('cancel');

export const statusQuery = defineQuery<TaskStatus>('status');
