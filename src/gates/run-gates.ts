import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { GateResult, GatesReport } from '../contract/gate-result.ts';
import type { TaskLog } from '../contract/log-entry.ts';
import type { GateSetting } from '../contract/repo-settings.ts';
import type { ProcessTrees } from '../process/process-trees.ts';
import { blamesBase, type BaseVerdict } from './base-verdicts.ts';
import { composeFeedback, type Finding } from './compose-feedback.ts';
import { judgeGate, type Judgement } from './judge-gate.ts';
import { maskSecrets } from './mask-secrets.ts';
import { plainText } from './plain-text.ts';

/** What of a gate's output is kept as an artifact. */
const MAX_LOG_BYTES = 5 * 1024 * 1024;

export interface GateTools {
  readonly trees: ProcessTrees;
  readonly artifacts: ArtifactStore;
  readonly log: TaskLog;
}

export interface GatesRun {
  readonly taskId: string;
  readonly treeId: string;
  /** The workspace: gates run in its root. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly gates: readonly GateSetting[];
  /** Whether to report a gate `tests` as missing. */
  readonly lacksTests: boolean;
  readonly baseRed: 'accept' | 'block';
  /** For all gates together: those that it leaves no time for count as timed out. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** How the gate ends on the pristine base; undefined where that cannot be found out. Asked only when a gate is red. */
  readonly judgeBase?: (gate: GateSetting) => Promise<BaseVerdict | undefined>;
}

/** Runs the gates one after another. A red one is no error: rejects only when aborted or when a gate cannot be started. */
export async function runGates(tools: GateTools, run: GatesRun): Promise<GatesReport> {
  const begun = performance.now();
  const findings: Finding[] = [];
  for (const gate of run.gates) {
    const left = Math.max(0, run.timeoutMs - (performance.now() - begun));
    findings.push(await runGate({ tools, run, gate, timeoutMs: Math.min(left, gate.timeoutSeconds * 1000) }));
  }
  if (run.lacksTests) findings.push(noTests());
  return {
    gates: findings.map((finding) => finding.result),
    feedback: composeFeedback(findings),
    durationMs: Math.round(performance.now() - begun),
  };
}

async function runGate(request: {
  tools: GateTools;
  run: GatesRun;
  gate: GateSetting;
  timeoutMs: number;
}): Promise<Finding> {
  const { tools, run, gate } = request;
  const mask = maskSecrets(run.env);
  const tell = (text: string, level: 'info' | 'error' = 'info'): void =>
    tools.log.append(run.taskId, {
      source: 'gate',
      name: gate.name,
      level,
      text: plainText(mask(text)).slice(0, 4096),
    });
  tell(`$ ${gate.command}`);
  const result = await tools.trees.run({
    treeId: run.treeId,
    command: 'sh',
    args: ['-c', gate.command],
    cwd: run.cwd,
    env: run.env,
    timeoutMs: request.timeoutMs,
    maxOutputBytes: MAX_LOG_BYTES,
    onLine: tell,
    ...(run.signal && { signal: run.signal }),
  });
  run.signal?.throwIfAborted();
  const output = mask(result.output);
  const log = output === '' ? null : await tools.artifacts.put(Buffer.from(output));
  const own = judgeGate({ gate, result, timeoutMs: request.timeoutMs });
  const { verdict, summary } = await compareWithBase(run, gate, own);
  tell(`${verdict}: ${summary}`, verdict === 'green' || verdict === 'red-on-base' ? 'info' : 'error');
  const { exitCode, durationMs } = result;
  return {
    result: { name: gate.name, command: mask(gate.command), verdict, exitCode, durationMs, summary, log },
    output,
  };
}

async function compareWithBase(run: GatesRun, gate: GateSetting, own: Judgement): Promise<Judgement> {
  // tests that cannot be run at all prove nothing, wherever the fault lies
  const isComparable = own.verdict === 'red' || (own.verdict === 'missing' && !gate.name.startsWith('tests'));
  if (!isComparable || run.baseRed === 'block' || !run.judgeBase) return own;
  const base = await run.judgeBase(gate);
  run.signal?.throwIfAborted();
  if (!base || base.verdict === 'green') return own;
  if (blamesBase(base, own))
    return { ...own, verdict: 'red-on-base', summary: `${own.summary}; on the base: ${base.summary}` };
  return { ...own, summary: `${own.summary}; on the base: ${base.summary}` };
}

function noTests(): Finding {
  const result: GateResult = {
    name: 'tests',
    command: '',
    verdict: 'missing',
    exitCode: null,
    durationMs: 0,
    summary: 'no tests were found in the repository',
    log: null,
  };
  return { result, output: '' };
}
