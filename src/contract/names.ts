import { defineSearchAttributeKey } from '@temporalio/common';

/** The workflow type, and what people type after `--task-queue`. */
export const TASK_WORKFLOW = 'task';
export const CONTROL_QUEUE = 'taskfleet';

/** The queue that every host of a specialty polls while it has a free slot. */
export function specialtyQueue(specialty: string): string {
  return `taskfleet-specialty-${specialty}`;
}

/** The queue of one host: what touches its disk runs there. */
export function hostQueue(hostId: string): string {
  return `taskfleet-host-${hostId}`;
}

/** Prefixed, and at most 8 Keyword and 2 Int: embedded servers refuse more than 10 and 3 in all. No user text. */
export const SearchAttributes = {
  repo: defineSearchAttributeKey('TaskfleetRepo', 'KEYWORD'),
  state: defineSearchAttributeKey('TaskfleetState', 'KEYWORD'),
  stage: defineSearchAttributeKey('TaskfleetStage', 'KEYWORD'),
  specialty: defineSearchAttributeKey('TaskfleetSpecialty', 'KEYWORD'),
  source: defineSearchAttributeKey('TaskfleetSource', 'KEYWORD'),
  issue: defineSearchAttributeKey('TaskfleetIssue', 'INT'),
  priority: defineSearchAttributeKey('TaskfleetPriority', 'INT'),
} as const;
