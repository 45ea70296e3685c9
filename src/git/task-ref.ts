/** The hidden refs that one task has in a mirror. Keys are unique within a repository, so that dots may be folded. */
export function taskRef(key: string, name: 'base' | 'baseline' | 'head' | 'incoming'): string {
  return `${taskRefPrefix(key)}/${name}`;
}

export function taskRefPrefix(key: string): string {
  const safe = key.replace(/[^A-Za-z0-9._+-]/g, '_').replace(/\.{2,}/g, '_');
  return `refs/taskfleet/t-${safe.replace(/\.lock$/, '_lock').replace(/\.$/, '_')}`;
}
