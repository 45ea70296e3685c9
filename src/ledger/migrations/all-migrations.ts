import { sql as tasks } from './0001-tasks.ts';

/** Every change of the schema in order; its number is its place. What was released is never edited, only added to. */
export const ALL_MIGRATIONS: readonly { readonly name: string; readonly sql: string }[] = [
  { name: '0001-tasks', sql: tasks },
];
