/**
 * Finds a value once and hands it to whoever asks again, also while it is being found. Forgets what could not be found,
 * and the oldest beyond `most`. For what never changes, such as the content of a commit.
 */
export function remember<T>(most: number, find: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const there = known.get(key);
    if (there) return there;
    const finding = find(key);
    known.set(key, finding);
    finding.catch(() => known.delete(key));
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return finding;
  };
}
