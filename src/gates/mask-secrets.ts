const SECRET = /token|secret|key|passw|credential/i;
/** Shorter values would blot out half of every text, and are no secrets. */
const MIN_LENGTH = 6;

/** A function that replaces in a text the values of those variables whose names say that they are secret. */
export function maskSecrets(env: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.entries(env)
    .filter(([name, value]) => SECRET.test(name) && value.length >= MIN_LENGTH)
    .map(([, value]) => value)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
