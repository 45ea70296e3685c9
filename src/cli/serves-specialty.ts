import type { Specialty } from '../domain/specialty.ts';

/** Whether a host that says it serves these names serves the specialty: `*` is all, an alias counts. */
export function servesSpecialty(names: readonly string[], specialty: Specialty): boolean {
  return names.some(
    (name) => name === '*' || name === specialty.name || specialty.aliases.includes(name.toLowerCase()),
  );
}
