/** The artifact in which a task's change is kept because there was nowhere to push it; null where there is none. */
export function patchOf(task: { readonly delivery: string | null }): string | null {
  return task.delivery !== null && /^[0-9a-f]{64}$/.test(task.delivery) ? task.delivery : null;
}

/** How a person gets it. */
export function howToGetFiles(id: string): string {
  return `taskfleet files '${id}' --output DIR`;
}
