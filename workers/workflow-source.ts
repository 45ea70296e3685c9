import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Name of the bundle beside the compiled workers. */
const BUNDLE_FILE = 'workflow-bundle.js';

/** What a Worker takes its workflows from: the bundle where one was built, else the sources. */
export function workflowSource():
  { readonly workflowBundle: { readonly codePath: string } } | { readonly workflowsPath: string } {
  const bundle = fileURLToPath(new URL(BUNDLE_FILE, import.meta.url));
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowsPath: workflowsPath() };
}

/** The sources, or what was compiled from them. */
export function workflowsPath(): string {
  const source = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
  return existsSync(source) ? source : fileURLToPath(new URL('../workflows/index.js', import.meta.url));
}
