import type { Conversation } from './conversation.ts';

/** What a scripted turn says or does. */
export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

export type Answer = readonly Block[] | ((conversation: Conversation) => readonly Block[]);

/** One thing to say when the conversation is at a certain point; the first step that applies answers. */
export interface Step {
  readonly when: (conversation: Conversation) => boolean;
  readonly answer: Answer;
}

export interface Script {
  /** Also the `<name>` of `/task/<name>` in the base URL, which then selects this script. */
  readonly name: string;
  /** Which conversations are this script's where the URL names none. */
  readonly matches?: (conversation: Conversation) => boolean;
  readonly steps: readonly Step[];
}

/** The tool by which Claude Code takes structured output. */
const STRUCTURED_OUTPUT = 'StructuredOutput';

export function say(text: string): Block {
  return { type: 'text', text };
}

export function use(name: string, input: Record<string, unknown>): Block {
  return { type: 'tool_use', name, input };
}

export function runBash(command: string, description = 'Run a command'): Block {
  return use('Bash', { command, description });
}

/** Ends a turn that was asked for structured output. */
export function give(data: Record<string, unknown>): Block {
  return use(STRUCTURED_OUTPUT, data);
}

/** Whether this turn asks for structured output that was not given yet. */
export function awaitsStructuredOutput(conversation: Conversation): boolean {
  return (
    conversation.tools.includes(STRUCTURED_OUTPUT) &&
    !conversation.callsOfTurn.some((call) => call.name === STRUCTURED_OUTPUT && !call.isError)
  );
}

/** A list of answers given one after the other within a turn: the n-th when n tool calls of the turn are answered. */
export function inOrder(when: (conversation: Conversation) => boolean, answers: readonly Answer[]): Step[] {
  return answers.map((answer, index) => ({
    when: (conversation) => when(conversation) && conversation.callsOfTurn.length === index,
    answer,
  }));
}

/** The script's answer, or a plain closing word where no script or step applies. */
export function answerTo(
  scripts: readonly Script[],
  conversation: Conversation,
  name: string | undefined,
): { readonly script: string | null; readonly blocks: readonly Block[] } {
  const script =
    name === undefined ? scripts.find((one) => one.matches?.(conversation)) : scripts.find((one) => one.name === name);
  const step = script?.steps.find((one) => one.when(conversation));
  if (!script || !step) return { script: script?.name ?? null, blocks: [say('There is nothing left to do.')] };
  return { script: script.name, blocks: typeof step.answer === 'function' ? step.answer(conversation) : step.answer };
}
