import { Definition } from '../contract/stage-definition.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import { explainUnknown } from './explain-unknown.ts';

type Written = Parameters<typeof Definition.parse>[0];
type WrittenStage = Record<string, unknown> & { readonly id: string };

const ANALYSIS: WrittenStage = {
  id: 'analysis',
  type: 'analysis',
  timeout: '20m',
  // a task whose plan could not be written can still be worked on
  required: false,
  retry: { maximumAttempts: 3 },
};

const APPROVAL: WrittenStage = {
  id: 'approval',
  type: 'approval',
  dependsOn: ['analysis'],
  timeout: '30d',
  // a rejection's reason goes into the next plan
  redo: { stage: 'analysis', rounds: 3 },
};

const CODE: WrittenStage = { id: 'code', type: 'code', timeout: '4h', retry: { maximumAttempts: 5 } };

const GATES: WrittenStage = {
  id: 'gates',
  type: 'gates',
  dependsOn: ['code'],
  timeout: '2h',
  retry: { maximumAttempts: 3 },
  success: [{ figure: 'blockingGates', is: 'equal', value: 0 }],
  redo: { stage: 'code', rounds: 3 },
};

const PULL_REQUEST: WrittenStage = {
  id: 'pull-request',
  type: 'pull-request',
  dependsOn: ['gates'],
  timeout: '1h',
  // a forge that is down or at its rate limit comes back within the hour
  retry: { maximumAttempts: 20, maximumInterval: '5m' },
};

const BUILT_IN: readonly Written[] = [
  { name: 'default', stages: [ANALYSIS, CODE, GATES, PULL_REQUEST] },
  {
    name: 'approved',
    stages: [{ ...ANALYSIS, required: true }, APPROVAL, { ...CODE, dependsOn: ['approval'] }, GATES, PULL_REQUEST],
  },
  { name: 'scratch', stages: [CODE] },
];

/** The definition of prompts without a repository: the session's answer and files are all that comes of them. */
export const SCRATCH_DEFINITION = 'scratch';

/** The definitions that come along and those of the configuration, which win over them by name. */
export function buildDefinitions(custom: readonly Definition[]): Definition[] {
  const builtIn = BUILT_IN.map((written) => Definition.parse(written));
  const names = new Set(custom.map(({ name }) => name));
  return [...builtIn.filter(({ name }) => !names.has(name)), ...custom];
}

/** The definition with that name; BadInput that lists the known ones where there is none. */
export function requireDefinition(definitions: readonly Definition[], name: string): Definition {
  const found = definitions.find((one) => one.name === name);
  if (found) return found;
  const known = definitions.map((one) => one.name);
  throw new TypedError(FailureType.BadInput, explainUnknown('definition', name, known));
}
