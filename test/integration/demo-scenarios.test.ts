import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkBranch } from '../../demo/check-branch.ts';
import { fetchPackage } from '../../demo/packages/fetch-package.ts';
import { makeRepository } from '../../demo/packages/make-repository.ts';
import { SCENARIOS } from '../../demo/scenarios/scenarios.ts';
import { toScript, type Scenario } from '../../demo/scenarios/scenario.ts';
import { startScriptedModel, type ScriptedModel } from '../../demo/scripted-model/server.ts';
import { createGit } from '../../src/git/git.ts';
import { runProgram } from '../../src/supervisor/programs.ts';

/** The person's own environment, for registries and proxies; without anything by which Claude Code would be set up. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(ANTHROPIC_|CLAUDE|NODE_OPTIONS|GIT_)/.test(entry[0]),
  ),
);
const git = createGit({ env });
const analysisSchema = {
  type: 'object',
  required: ['summary', 'plan'],
  properties: { summary: { type: 'string' }, plan: { type: 'array' } },
};

describe('the scenarios of the demo, with the real Claude Code', () => {
  let root: string;
  let model: ScriptedModel;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'taskfleet-demo-'));
    model = await startScriptedModel({ scripts: SCENARIOS.map(toScript) });
  });

  afterAll(async () => {
    await model.close();
    await rm(root, { recursive: true, force: true });
  });

  it.each(SCENARIOS.map((scenario) => [scenario.demo.name, scenario] as const))(
    'take %s from its issue to a branch that passes',
    async (name, scenario) => {
      const session = await openSession(scenario, join(root, name));

      const analysis = await session.ask(issuePrompt(scenario), ['--json-schema', JSON.stringify(analysisSchema)]);
      await session.ask(`Now make the change. ${issuePrompt(scenario)}`);
      const first = await session.suite();
      if (scenario.repair) await session.ask(`The gate 'tests' is red:\n${first.output.slice(-6000)}`);
      await session.push();
      const verdict = await checkBranch({
        demo: scenario.demo,
        remote: session.folder,
        branch: 'fix',
        folder: join(root, `${name}-check`),
        git,
        env,
      });

      expect(analysis).toMatchObject({ structured_output: { summary: scenario.analysis.result.summary } });
      expect(first.code === 0).toBe(scenario.repair === undefined);
      expect(verdict).toMatchObject({ passes: true, problems: [] });
    },
    180_000,
  );

  async function openSession(scenario: Scenario, folder: string) {
    const { demo } = scenario;
    const archive = await fetchPackage(demo, { cacheDir: join(tmpdir(), 'taskfleet-demo-cache'), env });
    await makeRepository({ demo, archive, folder, git, env });
    await git.run(['switch', '--quiet', '-c', 'fix'], { cwd: folder });
    for (const command of demo.check.setup) expect(await shell(command, folder)).toMatchObject({ code: 0 });
    const base = await shell(demo.check.suite, folder);
    expect(base).toMatchObject({ code: 0 });
    const id = randomUUID();
    let begun = false;
    return {
      folder,
      suite: async () => await shell(demo.check.suite, folder),
      ask: async (prompt: string, more: readonly string[] = []) => {
        const conversation = begun ? ['--resume', id] : ['--session-id', id];
        begun = true;
        return await runClaude(prompt, { folder, model, more: [...conversation, ...more] });
      },
      push: async () => {
        const changed = (await git.run(['ls-files', '-z', '--modified'], { cwd: folder })).toString().split('\0');
        await git.run(['add', '--', ...changed.filter(Boolean)], { cwd: folder });
        const by = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid'];
        await git.run([...by, 'commit', '--quiet', '-m', 'fix'], { cwd: folder });
      },
    };
  }
});

function issuePrompt({ demo }: Scenario): string {
  return `# ${demo.issue.title}\n\n${demo.issue.body}`;
}

async function shell(command: string, cwd: string) {
  return await runProgram({
    command: '/bin/sh',
    args: ['-c', command],
    cwd,
    env: { ...env, PYTHONDONTWRITEBYTECODE: '1' },
    timeoutMs: 120_000,
  });
}

async function runClaude(prompt: string, how: { folder: string; model: ScriptedModel; more: readonly string[] }) {
  const require = createRequire(import.meta.url);
  const sdk = dirname(require.resolve('@anthropic-ai/claude-agent-sdk'));
  const binary = createRequire(join(sdk, 'x.js')).resolve(
    `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}/claude`,
  );
  const result = await runProgram({
    command: binary,
    args: [
      '-p',
      prompt,
      '--output-format',
      'json',
      '--permission-mode',
      'dontAsk',
      '--setting-sources',
      '',
      '--allowedTools',
      'Bash,Read,Edit,Write',
      ...how.more,
    ],
    cwd: how.folder,
    env: {
      ...env,
      ANTHROPIC_BASE_URL: how.model.url,
      ANTHROPIC_API_KEY: 'scripted',
      CLAUDE_CONFIG_DIR: `${how.folder}-claude`,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
      PYTHONDONTWRITEBYTECODE: '1',
    },
    timeoutMs: 120_000,
  });
  const last = result.output.trim().split('\n').at(-1) ?? '';
  const parsed = JSON.parse(last) as unknown;
  const messages = (Array.isArray(parsed) ? parsed : [parsed]) as { type: string; is_error?: boolean }[];
  const end = messages.find((message) => message.type === 'result');
  expect(end).toMatchObject({ is_error: false });
  return end;
}
