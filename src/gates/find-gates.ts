import type { GateSetting, RepoSettings } from '../contract/repo-settings.ts';
import { findCargo, findGo, findGradle, findMake, findMaven } from './ecosystems/compiled.ts';
import type { Ecosystem, Findings } from './ecosystems/ecosystem.ts';
import { findNode } from './ecosystems/node.ts';
import { findPython } from './ecosystems/python.ts';
import { openRepositoryFiles } from './repository-files.ts';

const ECOSYSTEMS: readonly (readonly [string, Ecosystem])[] = [
  ['node', findNode],
  ['python', findPython],
  ['go', findGo],
  ['cargo', findCargo],
  ['maven', findMaven],
  ['gradle', findGradle],
];

const KINDS = ['lint', 'types', 'tests'] as const;

export interface FoundGates {
  /** Shell commands that make a fresh checkout ready, in order. */
  readonly setup: string[];
  readonly gates: GateSetting[];
  /** Whether tests were looked for and none were found: settled by `gates: []` in the settings, where there are none to be. */
  readonly lacksTests: boolean;
}

/**
 * How a repository is set up and checked: from its settings, and from the files of its working tree where these say nothing.
 * Where several build tools are at home, the gates of the first bear plain names, those of others theirs: `tests-go`.
 */
export function findGates(
  root: string,
  settings: Pick<RepoSettings, 'setup' | 'gates' | 'gateTimeoutSeconds'>,
): FoundGates {
  const found = settings.setup && settings.gates ? [] : lookInto(root);
  const gates = settings.gates ?? nameGates(found, settings.gateTimeoutSeconds);
  const hasTests = gates.some((gate) => gate.name === 'tests' || gate.name.startsWith('tests-'));
  return {
    setup: settings.setup ?? found.flatMap(([, findings]) => findings.setup),
    gates,
    lacksTests: settings.gates === undefined && !hasTests,
  };
}

function lookInto(root: string): [string, Findings][] {
  const files = openRepositoryFiles(root);
  const all = ECOSYSTEMS.flatMap(([name, find]): [string, Findings][] => {
    const findings = find(files);
    return findings ? [[name, findings]] : [];
  });
  // a package.json for the formatter's sake needs no installation where others do the work
  const checked = all.filter(([, findings]) => KINDS.some((kind) => findings[kind]));
  if (checked.length > 0) return checked;
  const make = findMake(files);
  return make ? [...all.slice(0, 1), ['make', make]] : all.slice(0, 1);
}

function nameGates(found: [string, Findings][], timeoutSeconds: number): GateSetting[] {
  const gates: GateSetting[] = [];
  for (const kind of KINDS) {
    for (const [ecosystem, findings] of found) {
      const command = findings[kind];
      if (!command) continue;
      const isTaken = gates.some((gate) => gate.name === kind);
      gates.push({ name: isTaken ? `${kind}-${ecosystem}` : kind, command, timeoutSeconds });
    }
  }
  return gates;
}
