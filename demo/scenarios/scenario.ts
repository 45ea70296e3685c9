import type { Analysis } from '../../src/contract/session-report.ts';
import type { Conversation } from '../scripted-model/conversation.ts';
import { awaitsStructuredOutput, give, say, type Script, type Step } from '../scripted-model/script.ts';
import type { DemoPackage } from '../packages/demo-package.ts';
import { followPlan, type Action } from './plan.ts';

/** What the scripted model does about one issue. */
export interface Scenario {
  readonly demo: DemoPackage;
  readonly analysis: { readonly actions: readonly Action[]; readonly result: Analysis };
  readonly change: { readonly actions: readonly Action[]; readonly closing: string };
  /** Where the first change is not good enough: how to tell from what the gates said, and what to do then. */
  readonly repair?: { readonly saw: string; readonly actions: readonly Action[]; readonly closing: string };
}

/** As much of a scenario as its script needs. */
export type Told = Omit<Scenario, 'demo'> & {
  readonly demo: { readonly name: string; readonly issue: { readonly title: string } };
};

/** The scenario as a script: each turn is decided by what the prompts ask for and what the tools have shown so far. */
export function toScript(scenario: Told): Script {
  const { demo, analysis, change, repair } = scenario;
  const steps: Step[] = [
    step(awaitsStructuredOutput, analysis.actions, () => [give({ ...analysis.result })]),
    ...(repair
      ? [
          step(
            (now) => wasTold(now, repair.saw),
            repair.actions,
            () => [say(repair.closing)],
          ),
        ]
      : []),
    step(
      () => true,
      change.actions,
      () => [say(change.closing)],
    ),
  ];
  return {
    name: demo.name,
    // calls without tools are Claude Code's own, such as finding a title for the conversation
    matches: (now) => now.tools.length > 0 && now.userTexts.some((text) => text.includes(demo.issue.title)),
    steps,
  };
}

function step(when: Step['when'], actions: readonly Action[], end: () => ReturnType<typeof followPlan>): Step {
  return { when, answer: (now) => followPlan(actions, now) ?? end() ?? [] };
}

/** Whether one of the prompts says it: the gates' findings come as a prompt. */
function wasTold(conversation: Conversation, words: string): boolean {
  return conversation.userTexts.some((text) => text.includes(words));
}
