import type { SessionOutcome } from '../contract/session-report.ts';

/** What a later try mends, and what made it necessary. */
export type PassingCause = 'rate-limit' | 'overloaded' | 'network' | 'server-error';

/** Every way in which one run of Claude Code can end. */
export type ClaudeOutcome =
  | SessionOutcome
  | { readonly kind: 'retry-later'; readonly cause: PassingCause; readonly afterMs: number | null }
  | { readonly kind: 'refused'; readonly category: string | null }
  | { readonly kind: 'auth-required'; readonly reason: string }
  | { readonly kind: 'billing-blocked' }
  | { readonly kind: 'config-error'; readonly reason: string }
  /** There is no conversation (any more) under the id that was to be resumed. */
  | { readonly kind: 'session-lost' }
  /** There is already a conversation under the id that was to be begun. */
  | { readonly kind: 'session-in-use' }
  | { readonly kind: 'disk-full' }
  | { readonly kind: 'stalled' }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'crashed';
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly detail: string;
    };
