import type { Conversation, ToolCall } from '../scripted-model/conversation.ts';
import { runBash, say, use, type Block } from '../scripted-model/script.ts';

/** One thing that a scripted session wants to have done, with what it says before it does it. */
export type Action = { readonly thought?: string } & (
  | { readonly do: 'read'; readonly path: string }
  | { readonly do: 'edit'; readonly path: string; readonly from: string; readonly to: string }
  | { readonly do: 'write'; readonly path: string; readonly content: string }
  | { readonly do: 'run'; readonly command: string; readonly description: string }
);

const WHERE_AM_I = 'pwd && ls -A';
const MAX_TRIES = 2;

/**
 * The next block that brings the conversation closer to the end of the plan, or null when all of it is done.
 * Done is what an answered tool call shows, so a turn that is retried or resumed goes on where it was;
 * an edit that was refused looks at the file first and tries again unless the change is there already.
 */
export function followPlan(actions: readonly Action[], conversation: Conversation): readonly Block[] | null {
  const canRun = conversation.tools.includes('Bash');
  const folder = findFolder(conversation);
  if (canRun && folder === null) return [runBash(WHERE_AM_I, 'Look around')];
  let cursor = 0;
  for (const action of actions) {
    // a file is looked at again in each turn: others may have changed it meanwhile
    const calls = action.do === 'read' ? conversation.callsOfTurn : conversation.calls.slice(cursor);
    const next = progress(action, calls, folder);
    if (next.block) return action.thought && next.first ? [say(action.thought), next.block] : [next.block];
    cursor += next.used;
  }
  return null;
}

/** The working copy as the latest turn saw it: another host may have taken over since the one before. */
function findFolder(conversation: Conversation): string | null {
  const call = conversation.callsOfTurn.find((one) => one.input['command'] === WHERE_AM_I && !one.isError);
  return call?.result.split('\n')[0]?.trim() ?? null;
}

interface Progress {
  /** What to do now; null when the action is done. */
  readonly block: Block | null;
  /** Nothing was tried for this action before. */
  readonly first: boolean;
  /** How many of the calls belong to this action and those before it. */
  readonly used: number;
}

function progress(action: Action, calls: readonly ToolCall[], folder: string | null): Progress {
  if (action.do === 'edit') return progressEdit(action, calls, folder);
  const at = calls.findIndex((call) => isCallOf(action, call));
  if (at >= 0) return { block: null, first: false, used: action.do === 'read' ? 0 : at + 1 };
  return { block: blockOf(action, folder), first: true, used: 0 };
}

function progressEdit(action: Action & { do: 'edit' }, calls: readonly ToolCall[], folder: string | null): Progress {
  const tries = calls.flatMap((call, index) => (isCallOf(action, call) ? [index] : []));
  const done = tries.find((index) => calls[index]?.isError === false);
  if (done !== undefined) return { block: null, first: false, used: done + 1 };
  const last = tries.at(-1);
  if (last === undefined) return { block: blockOf(action, folder), first: true, used: 0 };
  const look = { do: 'read', path: action.path } as const;
  const seen = calls.findIndex((call, index) => index > last && isCallOf(look, call));
  if (seen < 0) return { block: blockOf(look, folder), first: false, used: 0 };
  if (tries.length >= MAX_TRIES || shows(calls[seen]?.result ?? '', action.to)) {
    return { block: null, first: false, used: seen + 1 };
  }
  return { block: blockOf(action, folder), first: false, used: 0 };
}

/** Read answers with numbered lines, so the texts are compared line by line. */
function shows(listing: string, text: string): boolean {
  const wanted = text.split('\n').filter((line) => line.trim() !== '');
  return wanted.every((line) => listing.includes(line));
}

function isCallOf(action: Action, call: ToolCall): boolean {
  const { file_path: given } = call.input;
  const path = typeof given === 'string' ? given : '';
  switch (action.do) {
    case 'run':
      return call.name === 'Bash' && call.input['command'] === action.command;
    case 'read':
      return call.name === 'Read' && isAt(path, action.path);
    case 'write':
      return call.name === 'Write' && isAt(path, action.path) && !call.isError;
    case 'edit':
      return call.name === 'Edit' && isAt(path, action.path) && call.input['new_string'] === action.to;
  }
}

function isAt(path: string, wanted: string): boolean {
  return path === wanted || path.endsWith(`/${wanted}`);
}

function blockOf(action: Action, folder: string | null): Block {
  if (action.do === 'run') return runBash(action.command, action.description);
  const file_path = folder === null ? action.path : `${folder}/${action.path}`;
  if (action.do === 'read') return use('Read', { file_path });
  if (action.do === 'write') return use('Write', { file_path, content: action.content });
  return use('Edit', { file_path, old_string: action.from, new_string: action.to });
}
