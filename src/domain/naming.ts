/**
 * Names that leave the system or reach a shell, a path or a ref: built from numbers, digests and vetted parts,
 * never from a title or any other text that a stranger can write.
 */

const BRANCH = /^[a-z0-9][a-z0-9._/-]{0,100}$/;

/** What a branch is named after: the issue, or the digest of a prompt. */
export interface BranchSubject {
  readonly issue: number | null;
  readonly digest: string | null;
}

/** With what all branches of a task begin: `claude/issue-12-`, or `claude/task-<digest>-` for a prompt. */
export function branchPrefix({ issue, digest }: BranchSubject): string {
  return `claude/${issue === null ? `task-${digest ?? 'prompt'}` : `issue-${issue}`}-`;
}

/** The task's branch, by the moment of its start: `claude/issue-12-20261121142000`. */
export function branchName(subject: BranchSubject, isoTime: string): string {
  return branchPrefix(subject) + isoTime.replace(/\D/g, '').slice(0, 14);
}

/** Whether a name is one that taskfleet would make or push to; stricter than git's own check, which allows `$(…)`. */
export function isSafeBranch(name: string): boolean {
  return (
    BRANCH.test(name) &&
    !name.includes('..') &&
    !name.includes('//') &&
    !name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock') || part.endsWith('.')) &&
    !name.endsWith('/')
  );
}

/** Whether a name of somebody else's branch (a base, say) may be handed to git as an argument. */
export function isUsableRef(name: string): boolean {
  return (
    /^[A-Za-z0-9_][A-Za-z0-9._/+@-]{0,199}$/.test(name) &&
    !name.includes('..') &&
    !name.includes('@{') &&
    !name.includes('//') &&
    !name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock') || part.endsWith('.')) &&
    !name.endsWith('/')
  );
}

/**
 * A task id as a folder name: `task:github.com/o/r#12` → `github.com-o-r-12-<digest>` (the ledger's ids are already vetted).
 * The digest keeps `o-r/x` and `o/r-x` apart, and names that are the same as far as they are shown.
 */
export function workspaceKey(taskId: string): string {
  const readable = taskId
    .replace(/^task:/, '')
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^[-.]+/, '')
    .replace(/\.{2,}/g, '.')
    .slice(0, 100);
  return `${readable}-${digest(taskId)}`;
}

/** 64 bits of FNV-1a, in hexadecimal: tells names apart, proves nothing. */
function digest(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let at = 0; at < text.length; at += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

/** The hidden mark by which our comments and pull requests are found again. */
export function marker(taskId: string): string {
  return `<!-- taskfleet:${taskId} -->`;
}
