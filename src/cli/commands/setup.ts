import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import type { Forge, ForgeRepo } from '../../forge/forge.ts';
import { judgeScopes, LEAST_RIGHTS } from '../checks/judge-scopes.ts';
import { CommandError, reportError } from '../command-error.ts';
import type { CliContext } from '../context.ts';
import { ExitCode } from '../exit-code.ts';
import { hasFailed, renderChecks, type Check } from '../output/render-checks.ts';
import type { Perform } from '../run-cli.ts';

interface SetupOptions {
  readonly repo?: string;
  readonly yes?: boolean;
}

export function addSetup(program: Command, perform: Perform): void {
  program
    .command('setup')
    .description('prepare a repository: find a token, check its rights, create the labels')
    .option('--repo <repo>', 'the repository to prepare (owner/name)')
    .option('--yes', 'also write a commented taskfleet.config.yaml where there is none')
    .action(async (options: SetupOptions) => {
      await perform(async (context) => {
        const { output } = context;
        const checks = [...(await prepareForge(context, options)), await prepareFile(context, options.yes ?? false)];
        const failed = hasFailed(checks);
        output.data({ ok: !failed, checks, leastRights: LEAST_RIGHTS });
        if (!output.json) {
          output.say(...renderChecks(checks, output.palette), '');
          if (failed) output.say('The least rights that suffice:', ...LEAST_RIGHTS.map((right) => `  ${right}`));
          else output.say("Done. 'taskfleet doctor' checks the rest.");
        }
        return failed ? ExitCode.Failure : ExitCode.Ok;
      });
    });
}

async function prepareForge(context: CliContext, options: SetupOptions): Promise<Check[]> {
  const [{ findGithubToken }, { openForge }] = await Promise.all([
    import('../github-token.ts'),
    import('../open-forge.ts'),
  ]);
  const repo = options.repo === undefined ? undefined : await readRepo(context, options.repo);
  const found = await findGithubToken(context);
  const token = { name: 'token', required: true };
  if (!found) {
    const mend = "set GITHUB_TOKEN (or GH_TOKEN), or type 'gh auth login'";
    return [{ ...token, verdict: 'missing', found: 'none: not in the settings, not with gh', mend }];
  }
  const forge = await openForge(context, found.token);
  try {
    const { login, scopes } = await forge.whoAmI();
    const lacking = judgeScopes(scopes);
    const who = `${login ?? 'an app'}, from ${found.from}`;
    const first: Check = lacking
      ? { ...token, verdict: 'missing', found: `${who}: ${lacking.found}`, mend: lacking.mend }
      : { ...token, verdict: 'ok', found: who };
    if (repo === undefined) {
      const mend = 'add --repo owner/name to check the rights on a repository and create its labels';
      return [first, { name: 'repository', verdict: 'warning', required: false, found: 'none was given', mend }];
    }
    return [first, ...(await prepareRepository(forge, repo))];
  } catch (error) {
    const { message, hint } = reportError(error);
    return [{ ...token, verdict: 'missing', found: message, mend: hint }];
  }
}

async function prepareRepository(forge: Forge, repo: ForgeRepo): Promise<Check[]> {
  const name = `${repo.owner}/${repo.name}`;
  const { allLabels } = await import('../../forge/state-label.ts');
  const checks: Check[] = [];
  try {
    const found = await forge.readRepository(repo);
    const check = { name: 'repository', required: true };
    if (found.archived) {
      return [{ ...check, verdict: 'missing', found: `${name} is archived`, mend: 'unarchive it, or choose another' }];
    }
    if (found.canPush === false) {
      const mend = 'give the token write access to Contents, Issues and Pull requests of this repository';
      return [{ ...check, verdict: 'missing', found: `the token may read ${name}, but not push to it`, mend }];
    }
    checks.push({ ...check, verdict: 'ok', found: `${name}, default branch ${found.defaultBranch}` });
    const labels = allLabels();
    const list = `${labels.length} labels (taskfleet, taskfleet:<state>)`;
    const created = await forge.ensureLabels(repo, labels);
    checks.push({ name: 'labels', verdict: 'ok', required: false, found: `${list}: ${created.length} are new` });
  } catch (error) {
    const { message, hint } = reportError(error);
    checks.push({
      name: checks.length === 0 ? 'repository' : 'labels',
      verdict: 'missing',
      required: true,
      found: message,
      mend: hint,
    });
  }
  return checks;
}

async function readRepo(context: CliContext, text: string): Promise<ForgeRepo> {
  const { parseRepoAddress } = await import('../../intake/repo-address.ts');
  const { forge } = parseRepoAddress(text, context.settings.github);
  if (forge) return forge;
  const mend = `give owner/name of a repository on ${context.settings.github.webUrl}`;
  throw new CommandError(ExitCode.Usage, `'${text}' is not on the forge, so it has no labels`, mend);
}

async function prepareFile(context: CliContext, write: boolean): Promise<Check> {
  const check = { name: 'configuration', required: false };
  if (context.loaded.file) return { ...check, verdict: 'ok', found: context.loaded.file };
  const path = join(context.cwd, 'taskfleet.config.yaml');
  if (existsSync(path)) return { ...check, verdict: 'ok', found: path };
  if (!write)
    return {
      ...check,
      verdict: 'warning',
      found: 'no file: the defaults hold',
      mend: `--yes writes a commented ${path}`,
    };
  const { renderStarterConfig } = await import('../starter-config.ts');
  await writeFile(path, renderStarterConfig(), { flag: 'wx' });
  return { ...check, verdict: 'ok', found: `wrote ${path}` };
}
