import { listSettings } from './setting-list.ts';
import type { Settings } from './settings.ts';

/** `***1234`: enough to recognise a secret by, too little to use it. Nothing of one that is short. */
function maskSecret(secret: string): string {
  return secret.length >= 12 ? `***${secret.slice(-4)}` : '***';
}

/**
 * The settings as they may be shown: secrets masked, passwords in addresses too.
 * The environment of repositories is masked as a whole: nobody can tell which of its values are secret.
 */
export function maskSettings(settings: Settings): Record<string, unknown> {
  const secrets = new Set(listSettings().flatMap((setting) => (setting.meta.secret ? [setting.path] : [])));
  const visit = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value === 'string') {
      const isSecret = secrets.has(path.join('.')) || (path[0] === 'repositories' && path.at(-2) === 'env');
      return isSecret ? maskSecret(value) : value.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1***@');
    }
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...path, String(index)]));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, visit(child, [...path, key])]));
  };
  return visit(settings, []) as Record<string, unknown>;
}
