import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

const DAY_MS = 86_400_000;

/** Sets how many days a namespace keeps its ended workflows; a development server's own default is one. */
export async function ensureRetention(connection: Connection, namespace: string, days: number): Promise<void> {
  const wanted = msToTs(days * DAY_MS);
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  const present = config?.workflowExecutionRetentionTtl?.seconds;
  if (String(present) === String(wanted.seconds)) return;
  await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: wanted } });
}
