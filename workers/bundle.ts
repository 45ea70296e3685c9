import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { workflowsPath } from './workflow-source.ts';

/** Build step: bundles the workflows beside the compiled workers, so that an installed package needs no bundler at start. */
async function buildWorkflowBundle(target: string): Promise<void> {
  const { code } = await bundleWorkflowCode({ workflowsPath: workflowsPath() });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}

const [target] = process.argv.slice(2);
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (target === undefined) throw new RangeError('give the file to write the bundle to');
  await buildWorkflowBundle(target);
}
