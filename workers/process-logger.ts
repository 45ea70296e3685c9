import type { ResolvedSettings } from '../src/config/load-settings.ts';
import { createLogger } from '../src/logging/create-logger.ts';
import type { Logger } from '../src/logging/create-logger.ts';

/** The logger of one process of the fleet, on stderr; it knows the secrets of the settings and masks them. */
export function processLogger(
  settings: ResolvedSettings,
  name: string,
  pretty = process.stderr.isTTY === true,
): Logger {
  return createLogger({
    level: settings.logLevel,
    name,
    pretty,
    write: (line) => void process.stderr.write(line),
    secrets: [
      settings.github.token,
      settings.gateway.token,
      settings.temporal.apiKey,
      settings.claude.apiKey,
      settings.claude.oauthToken,
    ],
  });
}
