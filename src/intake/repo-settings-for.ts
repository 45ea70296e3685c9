import { RepoSettings } from '../contract/repo-settings.ts';
import type { RepoAddress } from './repo-address.ts';

/** The operator's settings of a repository, found by `owner/name`, `host/owner/name` or folder, whatever the case. */
export function findRepoSettings(
  all: Readonly<Record<string, RepoSettings>>,
  address: RepoAddress | null,
): RepoSettings {
  if (!address) return RepoSettings.parse({});
  const short = address.forge ? `${address.forge.owner}/${address.forge.name}` : address.cloneUrl;
  const names = [short, address.key, address.cloneUrl].map((name) => name.toLowerCase());
  const found = Object.entries(all).find(([name]) => names.includes(name.toLowerCase()));
  return found?.[1] ?? RepoSettings.parse({});
}
