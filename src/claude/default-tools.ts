/**
 * The tools of a session, as Claude Code 2.1.330 names them: Grep and Glob exist only where they are listed.
 * No web access and no subagents: what a session needs is in its workspace.
 */
export const DEFAULT_TOOLS: readonly string[] = ['Read', 'Edit', 'Write', 'Bash', 'Grep', 'Glob'];

const WRITING_TOOLS = new Set(['Edit', 'Write', 'NotebookEdit']);

/** The tools of a session that is to look and judge but not to edit; Bash stays, to reproduce a problem. */
export function withoutEditing(tools: readonly string[]): string[] {
  return tools.filter((tool) => !WRITING_TOOLS.has(tool));
}
