const REFERENCE = /\$(\$\{)|\$\{([^}]*)\}/g;
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

export interface MissingVariable {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * Replaces `${NAME}` and `${NAME:-default}` in every string of the value; `$${` stands for `${` itself.
 * What cannot be replaced stays as it is and is reported with its path.
 */
export function interpolate(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
): { value: unknown; missing: MissingVariable[] } {
  const missing: MissingVariable[] = [];
  const visit = (node: unknown, path: readonly PropertyKey[]): unknown => {
    if (typeof node === 'string') {
      return replaceIn(node, env, (message) => missing.push({ path, message }));
    }
    if (Array.isArray(node)) return node.map((child, index) => visit(child, [...path, index]));
    if (node === null || typeof node !== 'object') return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, visit(child, [...path, key])]));
  };
  return { value: visit(value, []), missing };
}

function replaceIn(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  report: (message: string) => void,
): string {
  return text.replace(REFERENCE, (whole, escaped: string | undefined, inside: string | undefined) => {
    if (escaped) return escaped;
    const [, name, fallback] = NAME.exec(inside ?? '') ?? [];
    if (!name) {
      report(`'${whole}' is not a variable; write \${NAME} or \${NAME:-default}, and $\${ for a plain \${`);
      return whole;
    }
    const found = env[name];
    if (found !== undefined && (found !== '' || fallback === undefined)) return found;
    if (fallback !== undefined) return fallback;
    report(`the variable ${name} is not set`);
    return whole;
  });
}
