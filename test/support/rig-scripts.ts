import { followPlan, type Action } from '../../demo/scenarios/plan.ts';
import { awaitsStructuredOutput, give, say, type Script } from '../../demo/scripted-model/script.ts';

/** What the scripted model does about every task whose text holds the tag. */
export interface Behaviour {
  /** A word that stands in the title or in the prompt. */
  readonly tag: string;
  readonly actions: readonly Action[];
  readonly closing?: string;
  /** What it does once the gates' findings came back. */
  readonly repair?: { readonly saw: string; readonly actions: readonly Action[] };
}

/** A file and a test of it: what a well-behaved session adds to the tiny repository. */
export const ADD_DOUBLE: readonly Action[] = [
  { do: 'write', path: 'double.js', content: 'export const double = (n) => n * 2;\n' },
  {
    do: 'write',
    path: 'double.test.js',
    content: `import { strictEqual } from 'node:assert';
import { test } from 'node:test';
import { double } from './double.js';

test('doubles', () => strictEqual(double(2), 4));
`,
  },
];

/** A tool call that takes so many seconds: time to pull something from under the session. */
export function slowStep(seconds: number): Action {
  return { do: 'run', command: `sleep ${seconds}`, description: 'Wait' };
}

export function scriptOf({ tag, actions, closing = 'Done.', repair }: Behaviour): Script {
  return {
    name: tag,
    matches: (now) => now.tools.length > 0 && now.userTexts.some((text) => text.includes(tag)),
    steps: [
      {
        when: awaitsStructuredOutput,
        answer: [
          give({
            summary: `What ${tag} asks for is missing.`,
            changeType: 'feat',
            acceptanceCriteria: ['It is there and tested'],
            plan: ['Add it', 'Test it'],
            risks: [],
            complexity: 'simple',
          }),
        ],
      },
      {
        when: (now) => repair !== undefined && now.userTexts.some((text) => text.includes(repair.saw)),
        answer: (now) => followPlan(repair?.actions ?? [], now) ?? [say('Mended.')],
      },
      { when: () => true, answer: (now) => followPlan(actions, now) ?? [say(closing)] },
    ],
  };
}
