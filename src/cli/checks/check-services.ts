import { locateClaude } from '../../claude/find-claude.ts';
import { verifyKey } from '../../claude/verify-key.ts';
import { runProgram } from '../../supervisor/programs.ts';
import { reportError } from '../command-error.ts';
import type { CliContext } from '../context.ts';
import { findGithubToken } from '../github-token.ts';
import { openForge } from '../open-forge.ts';
import type { Check } from '../output/render-checks.ts';
import { judgeScopes } from './judge-scopes.ts';

/** The coordinator and its token. */
export async function checkGateway(context: CliContext): Promise<Check> {
  const { url } = context.settings.gateway;
  const set = context.loaded.origins.has('gateway.url');
  const check = { name: 'coordinator', required: set };
  try {
    const gateway = await context.gatewayIfKnown();
    if (!gateway) {
      return {
        ...check,
        verdict: set ? 'missing' : 'warning',
        found: 'no token yet',
        mend: "start 'taskfleet up', or set gateway.token",
      };
    }
    const hosts = await gateway.hosts();
    return { ...check, verdict: 'ok', found: `${url}, ${hosts.length} hosts known` };
  } catch (error) {
    const { message, hint } = reportError(error);
    return { ...check, verdict: set ? 'missing' : 'warning', found: message, mend: hint ?? "start 'taskfleet up'" };
  }
}

/** The forge's token and what it may do. */
export async function checkGithub(context: CliContext): Promise<Check> {
  const check = { name: 'github', required: false };
  const found = await findGithubToken(context);
  if (!found) {
    const mend =
      "set GITHUB_TOKEN where the coordinator runs, or type 'gh auth login'; 'taskfleet setup' says which rights suffice";
    return { ...check, verdict: 'warning', found: 'no token: issues and pull requests are out of reach', mend };
  }
  try {
    const identity = await (await openForge(context, found.token)).whoAmI();
    const who = identity.login ?? 'an app';
    const lacking = judgeScopes(identity.scopes);
    if (lacking)
      return { ...check, required: true, verdict: 'missing', found: `${who}: ${lacking.found}`, mend: lacking.mend };
    return { ...check, verdict: 'ok', found: `${who} (${found.from})` };
  } catch (error) {
    const { message, hint } = reportError(error);
    return {
      ...check,
      required: true,
      verdict: 'missing',
      found: message,
      mend: hint ?? `look at the token from ${found.from}`,
    };
  }
}

/** The binary that sessions run, and whether the model's API takes the key. */
export async function checkClaude(context: CliContext): Promise<Check[]> {
  return Promise.all([checkClaudeBinary(context), checkModelKey(context)]);
}

async function checkClaudeBinary(context: CliContext): Promise<Check> {
  const check = { name: 'claude', required: true };
  try {
    const path = await locateClaude(context.settings.claude.executable);
    const { PATH, HOME } = context.env;
    const run = await runProgram({
      command: path,
      args: ['--version'],
      env: { PATH, HOME, DISABLE_AUTOUPDATER: '1' },
      timeoutMs: 20_000,
    });
    const version = /\d+\.\d+\.\d+/.exec(run.output)?.[0];
    if (run.code === 0 && version) return { ...check, verdict: 'ok', found: `${version} at ${path}` };
    return {
      ...check,
      verdict: 'missing',
      found: `${path} does not say its version`,
      mend: 'set claude.executable to a working one',
    };
  } catch (error) {
    const { message, hint } = reportError(error);
    return { ...check, verdict: 'missing', found: message, mend: hint };
  }
}

async function checkModelKey(context: CliContext): Promise<Check> {
  const { apiKey, oauthToken, baseUrl } = context.settings.claude;
  const check = { name: 'model key', required: true };
  if (apiKey === undefined && oauthToken === undefined) {
    const mend = 'set ANTHROPIC_API_KEY, or your own CLAUDE_CODE_OAUTH_TOKEN, where the hosts run';
    return { ...check, verdict: 'missing', found: 'none is set', mend };
  }
  const verdict = await verifyKey({ apiKey, oauthToken, baseUrl });
  const kind = apiKey === undefined ? 'subscription token' : 'API key';
  switch (verdict.kind) {
    case 'ok':
      return { ...check, verdict: 'ok', found: `the ${kind} is accepted${baseUrl ? ` by ${baseUrl}` : ''}` };
    case 'invalid':
      return {
        ...check,
        verdict: 'missing',
        found: `the ${kind} is refused: ${verdict.reason}`,
        mend: 'set a valid one',
      };
    case 'billing':
      return {
        ...check,
        verdict: 'missing',
        found: verdict.reason,
        mend: "add credit to the account at the API's provider",
      };
    case 'unreachable':
      return {
        ...check,
        verdict: 'missing',
        found: `the API is not reachable: ${verdict.reason}`,
        mend: 'check network, proxy settings and claude.baseUrl',
      };
  }
}
