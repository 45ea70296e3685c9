import { contentOf, type StreamMessage } from './recording.ts';

/**
 * Tokens weighted by their relative price (input 1, cache write 1.25, cache read 0.1, output 5), so that a run without
 * a result can be priced by the next one that has a result. The weights are those of Anthropic's price list.
 */
const WEIGHTS = { input: 1, cacheWrite: 1.25, cacheRead: 0.1, output: 5 } as const;
const BYTES_PER_TOKEN = 4;

/** Weighted tokens of one assistant message. Its own output figure is not final: its content is measured instead. */
export function unitsOfMessage(message: StreamMessage): number {
  const usage = (message['message'] as { usage?: unknown } | undefined)?.usage;
  if (typeof usage !== 'object' || usage === null) return 0;
  const figures = usage as Record<string, unknown>;
  return (
    WEIGHTS.input * figure(figures['input_tokens']) +
    WEIGHTS.cacheWrite * figure(figures['cache_creation_input_tokens']) +
    WEIGHTS.cacheRead * figure(figures['cache_read_input_tokens']) +
    WEIGHTS.output * Math.ceil(JSON.stringify(contentOf(message)).length / BYTES_PER_TOKEN)
  );
}

/** Weighted tokens and dollars of a result's `modelUsage`: all models, all calls of the conversation. */
export function totalOfResult(result: StreamMessage): { readonly costUsd: number; readonly units: number } {
  const usage = result['modelUsage'];
  const models = typeof usage === 'object' && usage !== null ? (Object.values(usage) as Record<string, unknown>[]) : [];
  if (models.length === 0) return { costUsd: figure(result['total_cost_usd']), units: 0 };
  let costUsd = 0;
  let units = 0;
  for (const model of models) {
    costUsd += figure(model['costUSD']);
    units +=
      WEIGHTS.input * figure(model['inputTokens']) +
      WEIGHTS.cacheWrite * figure(model['cacheCreationInputTokens']) +
      WEIGHTS.cacheRead * figure(model['cacheReadInputTokens']) +
      WEIGHTS.output * figure(model['outputTokens']);
  }
  return { costUsd, units };
}

function figure(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
