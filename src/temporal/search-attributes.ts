import type { Connection } from '@temporalio/client';
import { SearchAttributes } from '../contract/names.ts';
import { FailureType } from '../domain/failure-type.ts';
import { TypedError } from '../domain/typed-error.ts';

/** Temporal's numbers for the two types of ours (`temporal.api.enums.v1.IndexedValueType`). */
const INDEXED_VALUE_TYPE = { KEYWORD: 2, INT: 3 } as const;

/**
 * Registers our search attributes where they are missing. Must be done before a worker polls:
 * an unregistered one makes the workflow task of whoever sets it fail for ever.
 * Throws `AccessDenied` where the server does not let us, `ConfigError` where a name is taken by another type.
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const wanted = Object.values(SearchAttributes).map((key) => ({
    name: key.name,
    type: INDEXED_VALUE_TYPE[key.type],
  }));
  const present = await registered(connection, namespace);
  const clash = wanted.find(({ name, type }) => present[name] !== undefined && present[name] !== type);
  if (clash) {
    throw new TypedError(FailureType.ConfigError, `The search attribute ${clash.name} exists with another type.`, {
      hint: `Remove it with 'temporal operator search-attribute remove --name ${clash.name}', or use another namespace.`,
    });
  }
  const missing = wanted.filter(({ name }) => present[name] === undefined);
  if (missing.length === 0) return;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, type])),
    });
  } catch (error) {
    // another coordinator may have been faster
    const now = await registered(connection, namespace);
    if (missing.every(({ name }) => now[name] !== undefined)) return;
    throw new TypedError(FailureType.AccessDenied, `The search attributes of taskfleet could not be registered.`, {
      hint: `Let an administrator run: ${missing.map(byHand).join(' && ')}`,
      cause: error,
    });
  }
}

async function registered(connection: Connection, namespace: string): Promise<Record<string, number>> {
  const answer = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.fromEntries(Object.entries(answer.customAttributes).map(([name, type]) => [name, Number(type)]));
}

function byHand({ name, type }: { name: string; type: number }): string {
  const word = type === INDEXED_VALUE_TYPE.INT ? 'Int' : 'Keyword';
  return `temporal operator search-attribute create --name ${name} --type ${word}`;
}
