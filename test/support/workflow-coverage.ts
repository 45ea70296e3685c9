import { WorkflowCoverage } from '@temporalio/nyc-test-coverage';

interface Merged {
  __coverage__?: Record<string, { data?: unknown }>;
}

/** Whether Jest was asked for coverage (jest.config.mjs says so): it then instruments, and so must the workflow bundle. */
const measured = process.env['TASKFLEET_COVERAGE'] === '1';

/**
 * Counts what runs inside the workflow sandbox. Without a global map the library does nothing, so it gets one first;
 * and it leaves class instances where Jest wants plain data, which `report` mends.
 */
export function createWorkflowCoverage(): { readonly coverage: WorkflowCoverage; report(): void } {
  const globals = globalThis as Merged;
  if (measured) globals.__coverage__ ??= {};
  const coverage = new WorkflowCoverage();
  return {
    coverage,
    report() {
      if (!measured) return;
      coverage.mergeIntoGlobalCoverage();
      for (const [file, entry] of Object.entries(globals.__coverage__ ?? {})) {
        (globals.__coverage__ as Record<string, unknown>)[file] = JSON.parse(JSON.stringify(entry.data ?? entry));
      }
    },
  };
}
