import { FailureType } from '../domain/failure-type.ts';
import { SESSION_TOOLS } from '../domain/session-tools.ts';
import { findSpecialty, type Specialty } from '../domain/specialty.ts';
import { TypedError } from '../domain/typed-error.ts';
import { explainUnknown } from './explain-unknown.ts';

/** What the configuration may say of a specialty: a new one, or changes to one that comes along. */
export interface SpecialtySetting {
  readonly aliases: readonly string[];
  readonly keywords: readonly string[];
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
  readonly tools?: readonly string[] | undefined;
}

const BUILT_IN: readonly Omit<Specialty, 'model' | 'prompt' | 'tools'>[] = [
  {
    name: 'backend',
    aliases: ['api', 'server', 'database', 'db', 'service', 'node', 'django', 'flask', 'rails', 'spring', 'golang'],
    keywords: [
      ...['api', 'endpoint', 'server', 'database', 'sql', 'query', 'migration', 'schema', 'auth', 'authentication'],
      ...['rest', 'graphql', 'grpc', 'cache', 'redis', 'postgres', 'parser', 'parse', 'library', 'prototype', 'regex'],
      ...['http', 'cli', 'argument', 'memory', 'thread', 'concurrency', 'backend'],
    ],
  },
  {
    name: 'frontend',
    aliases: ['ui', 'ux', 'web', 'react', 'vue', 'angular', 'svelte', 'css', 'design'],
    keywords: [
      ...['ui', 'button', 'page', 'css', 'style', 'layout', 'component', 'react', 'vue', 'angular', 'svelte', 'html'],
      ...['browser', 'responsive', 'accessibility', 'a11y', 'form', 'modal', 'tooltip', 'frontend', 'dom', 'theme'],
    ],
  },
  {
    name: 'testing',
    aliases: ['test', 'tests', 'qa', 'quality', 'pytest', 'jest', 'vitest', 'playwright', 'cypress', 'e2e'],
    keywords: [
      ...['flaky', 'coverage', 'pytest', 'jest', 'vitest', 'playwright', 'cypress', 'e2e', 'testing', 'fixture'],
      ...['snapshot', 'mock', 'unittest', 'regression-test'],
    ],
  },
  {
    name: 'devops',
    aliases: ['ops', 'infra', 'infrastructure', 'ci', 'cd', 'docker', 'kubernetes', 'k8s', 'build', 'deploy'],
    keywords: [
      ...['docker', 'dockerfile', 'kubernetes', 'k8s', 'helm', 'terraform', 'ansible', 'pipeline', 'workflow', 'ci'],
      ...['deploy', 'deployment', 'release', 'makefile', 'nginx', 'monitoring', 'devops', 'container', 'actions'],
    ],
  },
  { name: 'general', aliases: ['any', 'misc', 'docs', 'documentation', 'default'], keywords: [] },
];

const NO_CHANGES: SpecialtySetting = { aliases: [], keywords: [] };

/** The five that come along, changed and added to by the configuration. Aliases and keywords of the configuration come on top. */
export function buildSpecialties(
  settings: Readonly<Record<string, SpecialtySetting>>,
  defaultModel: string,
): Specialty[] {
  const names = [...new Set([...BUILT_IN.map(({ name }) => name), ...Object.keys(settings)])];
  return names.map((name) => buildSpecialty(name, settings[name] ?? NO_CHANGES, defaultModel));
}

function buildSpecialty(name: string, setting: SpecialtySetting, defaultModel: string): Specialty {
  const builtIn = BUILT_IN.find((one) => one.name === name);
  return {
    name,
    aliases: union(builtIn?.aliases, setting.aliases),
    keywords: union(builtIn?.keywords, setting.keywords),
    model: setting.model ?? defaultModel,
    prompt: setting.prompt ?? builtIn?.name ?? 'general',
    tools: setting.tools ?? SESSION_TOOLS,
  };
}

/** The specialty with that name or alias; BadInput that lists the known ones where there is none. */
export function requireSpecialty(specialties: readonly Specialty[], name: string): Specialty {
  const found = findSpecialty(specialties, name);
  if (found) return found;
  const known = specialties.map((one) => one.name);
  throw new TypedError(FailureType.BadInput, explainUnknown('specialty', name, known));
}

function union(builtIn: readonly string[] = [], more: readonly string[]): string[] {
  return [...new Set([...builtIn, ...more].map((word) => word.toLowerCase()))];
}
