/** The bundle: each export is a workflow type under its exported name. */
export { task } from './task.ts';
