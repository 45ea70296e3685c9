/** Prints the path of the `temporal` binary on stdout, after fetching it where needed; progress goes to stderr. */
import { loadSettings } from '../config/load-settings.ts';
import { TypedError } from '../domain/typed-error.ts';
import { resolveTemporal } from './resolve-temporal.ts';

try {
  const settings = loadSettings({ env: process.env, cwd: process.cwd() });
  const { path } = await resolveTemporal({
    executable: settings.temporal.executable,
    cacheDir: settings.cacheDir,
    env: process.env,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${path}\n`);
} catch (error) {
  if (!(error instanceof TypedError)) throw error;
  process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
  process.exitCode = 1;
}
