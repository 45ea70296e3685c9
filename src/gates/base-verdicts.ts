import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { GateSetting } from '../contract/repo-settings.ts';
import type { ProcessTrees } from '../process/process-trees.ts';
import { judgeGate, type Judgement } from './judge-gate.ts';

/** How a gate ends on a pristine checkout of the base. */
export const BaseVerdict = z.object({
  verdict: z.enum(['green', 'red', 'timeout', 'missing']),
  summary: z.string(),
  failed: z.int().optional(),
});
export type BaseVerdict = z.infer<typeof BaseVerdict>;

export interface BaseRequest {
  readonly repo: string;
  readonly baseSha: string;
  readonly gate: GateSetting;
  readonly treeId: string;
  readonly env: Readonly<Record<string, string>>;
  /** Makes the pristine checkout, set-up included, and resolves to its path; called only when nothing is known yet. */
  readonly open: () => Promise<string>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface BaseVerdicts {
  /** Runs the gate on the base, once for all tasks of the same base; rejects when aborted or when the base cannot be opened. */
  judge(request: BaseRequest): Promise<BaseVerdict>;
}

/** Whether the base is to blame for the same gate's end on a change: not if more tests fail than before. */
export function blamesBase(base: BaseVerdict, change: Judgement): boolean {
  if (base.verdict === 'green') return false;
  if (base.failed === undefined || change.failed === undefined) return true;
  return change.failed <= base.failed;
}

/** Base verdicts kept as files in `folder`, so that the tasks of one base pay once for each gate. */
export function createBaseVerdicts(options: { folder: string; trees: ProcessTrees }): BaseVerdicts {
  const { folder, trees } = options;
  const underWay = new Map<string, Promise<BaseVerdict>>();

  async function find(request: BaseRequest, file: string): Promise<BaseVerdict> {
    const known = await read(file);
    if (known) return known;
    const verdict = await runOnBase(trees, request);
    // a base that was only too slow this time may be judged again
    if (verdict.verdict !== 'timeout') await write(folder, file, verdict);
    return verdict;
  }

  async function judge(request: BaseRequest): Promise<BaseVerdict> {
    const { repo, baseSha, gate } = request;
    const key = createHash('sha256')
      .update(JSON.stringify([repo, baseSha, gate.command]))
      .digest('hex');
    // another task may have been cancelled in the middle of it: then this one sees for itself
    for (let other = underWay.get(key); other; other = underWay.get(key)) {
      const verdict = await other.catch(() => undefined);
      request.signal?.throwIfAborted();
      if (verdict) return verdict;
    }
    const finding = find(request, join(folder, `${key}.json`)).finally(() => underWay.delete(key));
    underWay.set(key, finding);
    return await finding;
  }

  return { judge };
}

async function runOnBase(trees: ProcessTrees, request: BaseRequest): Promise<BaseVerdict> {
  const cwd = await request.open();
  request.signal?.throwIfAborted();
  const timeoutMs = Math.min(request.timeoutMs, request.gate.timeoutSeconds * 1000);
  const result = await trees.run({
    treeId: request.treeId,
    command: 'sh',
    args: ['-c', request.gate.command],
    cwd,
    env: request.env,
    timeoutMs,
    ...(request.signal && { signal: request.signal }),
  });
  request.signal?.throwIfAborted();
  return BaseVerdict.parse(judgeGate({ gate: request.gate, result, timeoutMs }));
}

async function read(file: string): Promise<BaseVerdict | undefined> {
  try {
    return BaseVerdict.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // not there, or damaged: found out anew
    return undefined;
  }
}

async function write(folder: string, file: string, verdict: BaseVerdict): Promise<void> {
  await mkdir(folder, { recursive: true });
  const partial = `${file}.${randomUUID()}`;
  await writeFile(partial, JSON.stringify(verdict));
  await rename(partial, file);
}
