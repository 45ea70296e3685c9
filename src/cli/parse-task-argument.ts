/** What a person may type where a task is wanted. */
export type TaskArgument =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'issue'; readonly repo: string; readonly issue: number }
  /** The end of an id, which must be that of one task alone. */
  | { readonly kind: 'suffix'; readonly suffix: string };

/** Reads a full id, `owner/name#12`, `#12` or `12` together with `--repo`, or the end of an id. */
export function parseTaskArgument(text: string, repo: string | undefined): TaskArgument {
  const trimmed = text.trim();
  if (trimmed.startsWith('task:')) return { kind: 'id', id: trimmed };
  const [, before = '', digits = ''] = /^(.*?)#?(\d+)$/.exec(trimmed) ?? [];
  if (repo && before === '' && digits) return { kind: 'issue', repo, issue: Number(digits) };
  if (before.includes('/') && trimmed.includes('#')) return { kind: 'issue', repo: before, issue: Number(digits) };
  return { kind: 'suffix', suffix: trimmed };
}

/** The ids that end so: at a boundary (`#12` is no end of `#112`), or anywhere in a digest. */
export function matchSuffix(ids: readonly string[], suffix: string): string[] {
  const unique = [...new Set(ids)];
  const atBoundary = unique.filter((id) => {
    if (!id.endsWith(suffix)) return false;
    const before = id.at(-suffix.length - 1) ?? '';
    return !/^\d/.test(suffix) || !/\d/.test(before);
  });
  return atBoundary.length > 0 ? atBoundary : unique.filter((id) => id.split('/').at(-1)?.startsWith(suffix));
}
