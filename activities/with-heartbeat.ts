import { Context } from '@temporalio/activity';

/**
 * Runs a long step while a timer beats, so that a step which is silent for minutes still counts as alive
 * and hears of its cancellation. `details` is read at each beat: a hint for the next attempt, never the only copy.
 */
export async function withHeartbeat<T>(
  run: (signal: AbortSignal) => Promise<T>,
  details: () => unknown = () => undefined,
): Promise<T> {
  const context = Context.current();
  const beatMs = Math.min(5_000, Math.max(500, (context.info.heartbeatTimeoutMs ?? 15_000) / 3));
  const timer = setInterval(() => context.heartbeat(details()), beatMs);
  try {
    context.heartbeat(details());
    return await run(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
