import type { z } from 'zod';
import { Settings, type SettingMeta } from './settings.ts';

/** How text from the environment becomes the setting's value; `structure` can only be set in the file. */
export type SettingKind = 'text' | 'number' | 'boolean' | 'list' | 'structure';

export interface Setting {
  /** Dotted path, as it is written in the file: `temporal.address`. */
  readonly path: string;
  readonly kind: SettingKind;
  readonly meta: SettingMeta;
  /** Undefined where there is none or where it is computed (`meta.defaultText` then says how). */
  readonly defaultValue: unknown;
  /** The words it must be one of, if it is such a setting. */
  readonly choices: readonly string[];
}

interface AnySchema {
  readonly _zod: { readonly def: { readonly type: string; readonly [key: string]: unknown } };
  meta(): unknown;
}

/** Every setting of the schema, in its order: what documentation, environment and masking go by. */
export function listSettings(): readonly Setting[] {
  return walk(Settings as unknown as AnySchema, []);
}

function walk(schema: AnySchema, path: readonly string[]): Setting[] {
  const meta = schema.meta() as SettingMeta | undefined;
  const { inner, defaultValue } = unwrap(schema);
  if (meta?.description === undefined && inner._zod.def.type === 'object') {
    const shape = (inner as unknown as z.ZodObject).shape as unknown as Record<string, AnySchema>;
    return Object.entries(shape).flatMap(([key, child]) => walk(child, [...path, key]));
  }
  if (!meta) throw new Error(`setting '${path.join('.')}' has no description`);
  return [{ path: path.join('.'), kind: kindOf(inner), meta, defaultValue, choices: choicesOf(inner) }];
}

function unwrap(schema: AnySchema): { inner: AnySchema; defaultValue: unknown } {
  let inner = schema;
  let defaultValue: unknown;
  while (['optional', 'default', 'prefault'].includes(inner._zod.def.type)) {
    if (inner._zod.def.type === 'default') defaultValue = inner._zod.def['defaultValue'];
    inner = inner._zod.def['innerType'] as AnySchema;
  }
  return { inner, defaultValue };
}

function kindOf(schema: AnySchema): SettingKind {
  const { type, element } = schema._zod.def as { type: string; element?: AnySchema };
  if (type === 'string' || type === 'enum') return 'text';
  if (type === 'number') return 'number';
  if (type === 'boolean') return 'boolean';
  return type === 'array' && element?._zod.def.type === 'string' ? 'list' : 'structure';
}

function choicesOf(schema: AnySchema): readonly string[] {
  return schema._zod.def.type === 'enum' ? Object.values(schema._zod.def['entries'] as Record<string, string>) : [];
}
