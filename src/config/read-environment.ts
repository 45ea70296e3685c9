import { listSettings, type Setting } from './setting-list.ts';
import type { SettingProblem } from './setting-problem.ts';

const TRUE = ['1', 'true', 'yes', 'on'];
const FALSE = ['0', 'false', 'no', 'off'];

export interface EnvironmentValue {
  readonly path: string;
  readonly variable: string;
  readonly value: unknown;
}

/** What the environment sets, coerced to the settings' kinds; an empty variable sets nothing. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): {
  values: EnvironmentValue[];
  problems: SettingProblem[];
} {
  const values: EnvironmentValue[] = [];
  const problems: SettingProblem[] = [];
  for (const setting of listSettings()) {
    const variable = setting.meta.env?.find((name) => env[name]?.trim());
    if (!variable) continue;
    const coerced = coerce(setting, env[variable]?.trim() ?? '');
    if ('expected' in coerced) {
      const shown = setting.meta.secret ? '' : `, not '${env[variable]}'`;
      problems.push({
        origin: `variable ${variable}`,
        path: setting.path,
        message: `expected ${coerced.expected}${shown}`,
      });
    } else values.push({ path: setting.path, variable, value: coerced.value });
  }
  return { values, problems };
}

function coerce(setting: Setting, text: string): { value: unknown } | { expected: string } {
  switch (setting.kind) {
    case 'number':
      return /^[+-]?\d+(\.\d+)?$/.test(text) ? { value: Number(text) } : { expected: 'a number' };
    case 'boolean':
      if (TRUE.includes(text.toLowerCase())) return { value: true };
      return FALSE.includes(text.toLowerCase()) ? { value: false } : { expected: 'true or false' };
    case 'list': {
      const items = text.split(',').map((item) => item.trim());
      return { value: items.filter((item) => item !== '') };
    }
    default:
      return { value: text };
  }
}
