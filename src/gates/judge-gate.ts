import type { GateVerdict } from '../contract/gate-result.ts';
import type { GateSetting } from '../contract/repo-settings.ts';
import type { RunResult } from '../process/process-trees.ts';
import { countTests, describeCounts } from './test-counts.ts';

/** The shell's exit code for a program that it did not find. */
const NOT_FOUND = 127;

export interface Judgement {
  readonly verdict: GateVerdict;
  readonly summary: string;
  /** How many tests failed, where the runner said so. */
  readonly failed?: number;
}

/** What a gate's end means, taken by itself. */
export function judgeGate(request: { gate: GateSetting; result: RunResult; timeoutMs: number }): Judgement {
  const { gate, result } = request;
  if (result.timedOut) return { verdict: 'timeout', summary: `not done after ${inWords(request.timeoutMs)}` };
  if (result.exitCode === NOT_FOUND) return { verdict: 'missing', summary: missingProgram(result.output) };
  const counts = countTests(result.output);
  if (counts && counts.passed + counts.failed === 0 && gate.name.startsWith('tests')) {
    return { verdict: 'missing', summary: describeCounts(counts) };
  }
  const verdict = result.exitCode === 0 ? 'green' : 'red';
  const ending = describeEnding(result);
  if (!counts) return { verdict, summary: ending };
  if (verdict === 'green') return { verdict, summary: describeCounts(counts) };
  // the tests passed, and something else did not: a coverage threshold, say
  if (counts.failed === 0) return { verdict, summary: `${ending}, ${describeCounts(counts)}` };
  return { verdict, summary: describeCounts(counts), failed: counts.failed };
}

function describeEnding({ signal, exitCode }: RunResult): string {
  return signal ? `ended by ${signal}` : `exit ${exitCode}`;
}

function missingProgram(output: string): string {
  const name = /(?:^|: )([\w./+-]{1,60}): (?:command )?not found\s*$/m.exec(output)?.[1];
  return name ? `the program '${name}' was not found` : 'a program was not found (exit 127)';
}

function inWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  return ms < 120_000 ? `${Math.round(ms / 1_000)}s` : `${Math.round(ms / 60_000)}m`;
}
