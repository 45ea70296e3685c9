import { createInterface } from 'node:readline/promises';
import type { ResolvedSettings } from '../src/config/load-settings.ts';
import { dollars } from '../src/cli/output/figures.ts';

const TERMS = 'https://www.anthropic.com/legal/consumer-terms';

export interface ModelChoice {
  readonly kind: 'scripted' | 'real';
  /** For the screen: who answers, why, and what it can cost. */
  readonly lines: readonly string[];
}

/** The real model where there is a credential, unless the scripted one is asked for. */
export function chooseModel(settings: ResolvedSettings, asked: { scripted: boolean; tasks: number }): ModelChoice {
  const { apiKey, oauthToken } = settings.claude;
  if (asked.scripted || (apiKey === undefined && oauthToken === undefined)) {
    const reason = asked.scripted ? 'as asked for' : 'there is neither ANTHROPIC_API_KEY nor CLAUDE_CODE_OAUTH_TOKEN';
    return {
      kind: 'scripted',
      lines: [
        `Model: SCRIPTED (${reason}). The real Claude Code program runs and uses its own tools; what a model would`,
        'answer it comes from scripts in demo/scenarios, over the network. Costs shown are computed, nothing is charged.',
      ],
    };
  }
  const cap = settings.limits.taskBudgetUsd;
  const payer =
    apiKey === undefined
      ? [`Model: REAL (${settings.model}), paid by your subscription (CLAUDE_CODE_OAUTH_TOKEN); its terms: ${TERMS}`]
      : [`Model: REAL (${settings.model}), paid by your key (ANTHROPIC_API_KEY).`];
  const most = `It may spend at most ${dollars(cap)} on each issue, ${dollars(cap * asked.tasks)} in all (TASKFLEET_TASK_BUDGET_USD).`;
  return { kind: 'real', lines: [...payer, most] };
}

/** Asks at the terminal; anything but yes is no. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    terminal.close();
  }
}
