import { pathParseScenario } from './path-parse.ts';
import type { Scenario } from './scenario.ts';
import { deepEqualScenario } from './deep-equal.ts';
import { minimistScenario } from './minimist.ts';
import { mistuneScenario } from './mistune.ts';

/** What the scripted model knows to do, one for each package of the demo. */
export const SCENARIOS: readonly Scenario[] = [minimistScenario, mistuneScenario, deepEqualScenario, pathParseScenario];
