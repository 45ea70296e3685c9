import type { ResolvedSettings } from '../src/config/load-settings.ts';
import { listSettings } from '../src/config/setting-list.ts';

/** Settings as a session host may have them: whatever reads untrusted text must not be near the forge's token. */
export function withoutForgeToken(settings: ResolvedSettings): ResolvedSettings {
  const github = { ...settings.github };
  delete github.token;
  return { ...settings, github };
}

/** The variables that carry a secret setting. */
export function secretVariables(): string[] {
  return listSettings().flatMap((setting) => (setting.meta.secret ? (setting.meta.env ?? []) : []));
}

/** An environment without any of them. */
export function withoutSecrets(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const secret = new Set(secretVariables());
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.has(name)));
}
