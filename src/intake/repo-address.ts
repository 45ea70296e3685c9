import { createHash } from 'node:crypto';
import { basename, isAbsolute, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';
import type { ForgeRepo } from '../forge/forge.ts';

/** Where a task's repository is. */
export type RepoAddress =
  | { readonly kind: 'forge'; readonly key: string; readonly cloneUrl: string; readonly forge: ForgeRepo }
  | { readonly kind: 'git'; readonly key: string; readonly cloneUrl: string; readonly forge: null };

export interface ForgePlace {
  /** Where people look at the forge: its host tells the forge's repositories from others. */
  readonly webUrl: string;
  /** Base of clone URLs; `webUrl` where not given. */
  readonly gitUrl?: string | undefined;
}

const OWNER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const NAME = /^[A-Za-z0-9._-]{1,100}$/;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(?::\d{1,5})?$/;
const SEGMENT = /^[A-Za-z0-9_~][A-Za-z0-9._~+-]{0,199}$/;
const SCP = /^(?:[A-Za-z0-9._-]+@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/)(.+)$/;

/**
 * Reads what a person writes for a repository: `owner/name`, `host/owner/name`, an https, ssh or scp-like git URL,
 * an absolute folder or a file:// URL. Whatever could mean something else to git is refused (BadInput).
 */
export function parseRepoAddress(text: string, forge: ForgePlace): RepoAddress {
  const danger = findDanger(text);
  if (danger) throw refused(text, danger);
  if (text.startsWith('file://')) return folder(text, fromFileUrl(text));
  if (isAbsolute(text)) return folder(text, text);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return fromUrl(text, forge);
  const scp = SCP.exec(text);
  if (scp?.[1] && scp[2]) return remote(text, { host: scp[1], path: scp[2], cloneUrl: text, forge });
  return fromShortForm(text, forge);
}

/** What makes a text no address, whatever its form. */
function findDanger(text: string): string | undefined {
  if (!/^[\x21-\x7e\u00a1-\uffff ]+$/.test(text) || text !== text.trim()) {
    return 'it holds characters that no address has';
  }
  if (text.startsWith('-')) return 'it begins with a dash';
  if (/^[a-z0-9+-]+::/i.test(text)) return "git's remote helpers are not supported";
  if (text.split(/[/\\]/).includes('..')) return "it holds '..'";
  return /%(2e|2f|5c|00)/i.test(text) ? 'it hides dots or slashes' : undefined;
}

function fromShortForm(text: string, forge: ForgePlace): RepoAddress {
  const parts = text.split('/');
  const [first, second, third] = parts;
  if (parts.length === 2 && first && second) return onForge(text, { owner: first, name: second, forge });
  if (parts.length === 3 && first && second && third) {
    if (sameHost(first, forge.webUrl)) return onForge(text, { owner: second, name: third, forge });
    return remote(text, { host: first, path: `${second}/${third}`, cloneUrl: `https://${text}`, forge });
  }
  throw refused(text, 'it is none of the known forms');
}

function fromUrl(text: string, forge: ForgePlace): RepoAddress {
  if (!URL.canParse(text)) throw refused(text, 'it is no valid URL');
  const url = new URL(text);
  if (!['https:', 'http:', 'ssh:', 'git+ssh:', 'git:'].includes(url.protocol)) {
    throw refused(text, `'${url.protocol}' is no way to reach a repository`);
  }
  if (url.password || (url.username && url.protocol.startsWith('http'))) {
    throw refused(url.host, 'a URL must not carry a user or a password', 'Give the token as GITHUB_TOKEN instead.');
  }
  if (url.username.startsWith('-') || url.hostname.startsWith('-')) throw refused(text, 'it begins with a dash');
  if (url.search || url.hash) throw refused(text, "a repository's address has no '?' or '#'");
  return remote(text, { host: url.host, path: decodePath(text, url.pathname), cloneUrl: text, forge });
}

function remote(
  text: string,
  at: { readonly host: string; readonly path: string; readonly cloneUrl: string; readonly forge: ForgePlace },
): RepoAddress {
  if (!HOST.test(at.host)) throw refused(text, `'${at.host}' is no host name`);
  const segments = trimPath(at.path).split('/');
  const [owner, name] = segments;
  if (segments.length === 2 && owner && name && isForgeHost(at.host, at.forge)) {
    return onForge(text, { owner, name, forge: at.forge });
  }
  if (segments.some((segment) => !SEGMENT.test(segment))) throw refused(text, 'its path is not one of a repository');
  const key = [keyOfHost(at.host), ...segments].map(keyPart).join('/');
  return { kind: 'git', key, cloneUrl: at.cloneUrl, forge: null };
}

function onForge(
  text: string,
  at: { readonly owner: string; readonly name: string; readonly forge: ForgePlace },
): RepoAddress {
  const name = at.name.replace(/\.git$/i, '');
  if (!OWNER.test(at.owner)) throw refused(text, `'${at.owner}' is no owner's name`);
  if (!NAME.test(name) || name === '.' || name === '..') throw refused(text, `'${at.name}' is no repository's name`);
  const base = (at.forge.gitUrl ?? at.forge.webUrl).replace(/\/+$/, '');
  return {
    kind: 'forge',
    key: [keyOfHost(new URL(at.forge.webUrl).host), at.owner, name.replace(/^[.-]/, '_$&')].join('/').toLowerCase(),
    cloneUrl: `${base}/${at.owner}/${name}.git`,
    forge: { owner: at.owner, name },
  };
}

function folder(text: string, path: string): RepoAddress {
  if (!isAbsolute(path)) throw refused(text, 'a folder must be given by its absolute path');
  const whole = normalize(path).replace(/(?<=.)\/+$/, '');
  const name = basename(whole)
    .replace(/\.git$/i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 60)
    .toLowerCase();
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return { kind: 'git', key: `local/${name || 'folder'}-${digest}`, cloneUrl: whole, forge: null };
}

function fromFileUrl(text: string): string {
  try {
    return fileURLToPath(text);
  } catch {
    throw refused(text, 'it is no file:// URL of this machine');
  }
}

function decodePath(text: string, path: string): string {
  try {
    const decoded = decodeURIComponent(path);
    if (decoded.split('/').includes('..')) throw refused(text, "it holds '..'");
    return decoded;
  } catch (error) {
    if (error instanceof TypedError) throw error;
    throw refused(text, 'it is no valid URL');
  }
}

function trimPath(path: string): string {
  return path.replace(/^\/+|\/+$/g, '').replace(/\.git$/i, '');
}

function isForgeHost(host: string, forge: ForgePlace): boolean {
  return sameHost(host, forge.webUrl) || (forge.gitUrl !== undefined && sameHost(host, forge.gitUrl));
}

function sameHost(host: string, url: string): boolean {
  return URL.canParse(url) && new URL(url).host.toLowerCase() === host.toLowerCase();
}

/** The forge's repository behind the key of one: what a task's frame carries. */
export function forgeRepoOfKey(key: string): ForgeRepo {
  const [owner, name] = key.split('/').slice(-2);
  if (!owner || !name || key.split('/').length !== 3) throw new RangeError(`'${key}' is no repository of a forge`);
  return { owner, name: name.replace(/^_(?=[.-])/, '') };
}

/** Lower case, and safe as a folder's name; a digest keeps apart what that makes alike. */
function keyPart(part: string): string {
  const lower = part.toLowerCase();
  const safe = lower
    .replace(/[^a-z0-9._-]/g, '_')
    .replace(/^[.-]/, '_')
    .replace(/\.git$/, '_git');
  return safe === lower ? safe : `${safe}-${createHash('sha256').update(lower).digest('hex').slice(0, 8)}`;
}

/** A port becomes part of the name: a colon is no good in a folder's name or an id. */
function keyOfHost(host: string): string {
  return host.replace(':', '-');
}

function refused(text: string, why: string, hint?: string): TypedError {
  const shown = text.replace(/[^\x20-\x7e]/g, '?').slice(0, 120);
  return new TypedError(FailureType.BadInput, `'${shown}' is no usable repository: ${why}.`, {
    hint: hint ?? 'Give owner/name, host/owner/name, a git URL or an absolute folder.',
  });
}
