/** The tools of a session that writes code. No web access and no subagents: what the task needs is in the workspace. */
export const SESSION_TOOLS: readonly string[] = ['Read', 'Write', 'Edit', 'Bash', 'Glob', 'Grep', 'TodoWrite'];

const EDITING = new Set(['Edit', 'Write', 'NotebookEdit']);

/** The tools of a session that is to look and judge but not to edit; Bash stays, to reproduce a problem. */
export function withoutEditing(tools: readonly string[]): string[] {
  return tools.filter((tool) => !EDITING.has(tool));
}
