import type { TaskLog } from '../contract/log-entry.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { ProcessTrees } from '../process/process-trees.ts';
import { maskSecrets } from './mask-secrets.ts';
import { plainText } from './plain-text.ts';
import { tellingPart } from './telling-part.ts';

const TAIL_BYTES = 2_000;

export interface SetupRun {
  readonly taskId: string;
  readonly treeId: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly commands: readonly string[];
  /** For all commands together. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs a repository's set-up commands in a fresh checkout, one after another.
 * Throws TypedError SetupFailed with the end of the output: at this point nothing was changed, so it is the base that fails.
 */
export async function runSetup(tools: { trees: ProcessTrees; log: TaskLog }, run: SetupRun): Promise<void> {
  const begun = performance.now();
  const mask = maskSecrets(run.env);
  const tell = (text: string): void =>
    tools.log.append(run.taskId, { source: 'setup', text: plainText(mask(text)).slice(0, 4096) });
  for (const command of run.commands) {
    tell(`$ ${command}`);
    const result = await tools.trees.run({
      treeId: run.treeId,
      command: 'sh',
      args: ['-c', command],
      cwd: run.cwd,
      env: run.env,
      timeoutMs: Math.max(0, run.timeoutMs - (performance.now() - begun)),
      onLine: tell,
      ...(run.signal && { signal: run.signal }),
    });
    run.signal?.throwIfAborted();
    if (result.exitCode === 0 && !result.timedOut) continue;
    const how = result.timedOut ? 'was not done in time' : `ended with exit ${result.exitCode ?? result.signal}`;
    const output = tellingPart(mask(result.output), TAIL_BYTES);
    throw new TypedError(FailureType.SetupFailed, `the set-up command \`${mask(command)}\` ${how}\n${output}`, {
      hint: "It fails before anything was changed: mend the base branch, or set the repository's `setup` in the configuration.",
    });
  }
}
