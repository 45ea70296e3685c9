import type { ResolvedSettings } from '../src/config/load-settings.ts';

/** The processes that a fleet consists of. */
export const ROLES = ['coordinator', 'host', 'up'] as const;
export type Role = (typeof ROLES)[number];

/** First message to a child: its settings come this way and not by its environment, where others could read secrets. */
export interface StartMessage {
  readonly type: 'start';
  readonly settings: ResolvedSettings;
  /** Log lines for people instead of JSON. */
  readonly pretty: boolean;
}

export type ChildMessage =
  | { readonly type: 'ready'; readonly url: string | null; readonly report?: string }
  /** It cannot work as it was set up: nothing was begun. */
  | { readonly type: 'refused'; readonly message: string; readonly hint: string | null };

/** Whether something received over the channel is a child's message. */
export function isChildMessage(message: unknown): message is ChildMessage {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  return message.type === 'ready' || message.type === 'refused';
}

export function isStartMessage(message: unknown): message is StartMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'start';
}
