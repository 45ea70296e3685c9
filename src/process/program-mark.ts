import { startOf } from './process-table.ts';

const TREE = 'TASKFLEET_TREE';
const PROGRAM = 'TASKFLEET_PROGRAM';

/** What every process of a program carries in its environment, so that it is found wherever it detached itself to. */
export interface ProgramMark {
  readonly tree: string;
  /** `<pid of the maker>.<its start>.<number>`: unique on this machine until it boots again. */
  readonly program: string;
}

let count = 0;

export function makeMark(owner: string, treeId: string): ProgramMark {
  count += 1;
  return { tree: treeName(owner, treeId), program: `${process.pid}.${startOf(process.pid) ?? '0'}.${count}` };
}

/** Owner and tree as one word: neither can pass for another one, nor break the environment apart. */
export function treeName(owner: string, treeId: string): string {
  return `${encodeURIComponent(owner)}/${encodeURIComponent(treeId)}`;
}

export function markEnvironment(mark: ProgramMark): Record<string, string> {
  return { [TREE]: mark.tree, [PROGRAM]: mark.program };
}

export function isOfProgram(environment: string, program: string): boolean {
  return environment.includes(`\0${PROGRAM}=${program}\0`);
}

export function isOfTree(environment: string, tree: string): boolean {
  return environment.includes(`\0${TREE}=${tree}\0`);
}

/** Whether the process belongs to the owner and the process that made it is no more. */
export function isLeftBehind(environment: string, owner: string): boolean {
  if (!environment.includes(`\0${TREE}=${encodeURIComponent(owner)}/`)) return false;
  const maker = /\0TASKFLEET_PROGRAM=(\d+)\.(\d+)\.\d+\0/.exec(environment);
  return maker !== null && startOf(Number(maker[1])) !== maker[2];
}
