import { pino } from 'pino';
import type { Logger } from 'pino';
import { formatLogLine } from './format-log-line.ts';

export type { Logger } from 'pino';

/** Fields that never appear, whatever their value; the values in `secrets` never appear, whatever their field. */
const SECRET_FIELDS = ['token', 'apiKey', 'oauthToken', 'authorization', 'password', 'secret'];
/** Shorter ones would mask ordinary words. */
const SHORTEST_SECRET = 8;

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** `coordinator`, `host`, … */
  readonly name: string;
  /** For people one line of text, for machines JSON. */
  readonly pretty: boolean;
  readonly write: (line: string) => void;
  readonly secrets?: readonly (string | undefined)[];
}

/** The logger of one process. Messages are static and lower-case, what varies goes into fields. */
export function createLogger(options: LoggerOptions): Logger {
  const secrets = (options.secrets ?? []).filter((one) => one !== undefined && one.length >= SHORTEST_SECRET);
  const redact = {
    paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
    censor: '[secret]',
  };
  const destination = {
    write(json: string) {
      const line = options.pretty ? formatLogLine(json) : json;
      options.write(secrets.reduce<string>((text, secret) => text.replaceAll(secret as string, '[secret]'), line));
    },
  };
  const serializers = { error: pino.stdSerializers.err };
  return pino({ level: options.level, name: options.name, base: {}, redact, serializers }, destination);
}
