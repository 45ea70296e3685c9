import type { Command } from 'commander';
import type { ExitCode } from '../exit-code.ts';
import type { Perform } from '../run-cli.ts';

export function addTemporal(program: Command, perform: Perform): void {
  program
    .command('temporal')
    .argument('[args...]', "what Temporal's command line tool is to do")
    .description(
      "run Temporal's own command line tool against this fleet's server, fetching it once where there is none",
    )
    .usage('-- workflow list')
    .action(async (args: string[]) => {
      await perform(async ({ settings, output, env }) => {
        const [{ resolveTemporal }, { forwardProgram }] = await Promise.all([
          import('../../temporal/resolve-temporal.ts'),
          import('../../supervisor/forward-program.ts'),
        ]);
        const { path } = await resolveTemporal({
          executable: settings.temporal.executable,
          cacheDir: settings.cacheDir,
          env,
          onProgress: (line) => output.note(line),
        });
        const { address, namespace, apiKey, tls } = settings.temporal;
        const code = await forwardProgram({
          command: path,
          args,
          env: {
            ...env,
            TEMPORAL_ADDRESS: address,
            TEMPORAL_NAMESPACE: namespace,
            ...(apiKey && { TEMPORAL_API_KEY: apiKey }),
            ...((tls || apiKey) && { TEMPORAL_TLS: 'true' }),
          },
        });
        // the tool's own codes go through as they are
        return code as ExitCode;
      });
    });
}
