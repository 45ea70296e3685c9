import type { ResolvedSettings } from '../config/load-settings.ts';
import { buildSpecialties, requireSpecialty } from '../intake/specialties.ts';

/** Throws BadInput where the host is to serve a specialty that nobody knows: no task would ever come. */
export function requireKnown(settings: ResolvedSettings): void {
  const specialties = buildSpecialties(settings.specialties, settings.model);
  for (const name of settings.host.specialties) if (name !== '*') requireSpecialty(specialties, name);
}
