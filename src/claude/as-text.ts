/** A field of a record from outside as text; the fallback where it is neither text nor number. */
export function asText(value: unknown, fallback = ''): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : fallback;
}
