import {
  startScriptedModel,
  type ScriptedModel,
  type ScriptedModelOptions,
} from '../../../demo/scripted-model/server.ts';
import { createFaultInterceptor, type Fault } from './faults.ts';

/** The scripted model with faults: `${url}/fault/529` misbehaves, `${url}/task/<name>` follows that script. */
export async function startScriptedApi(
  options: Omit<ScriptedModelOptions, 'intercept'> & { readonly faults?: Readonly<Record<string, Fault>> },
): Promise<ScriptedModel> {
  return startScriptedModel({ ...options, intercept: createFaultInterceptor(options.faults) });
}
