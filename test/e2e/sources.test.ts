import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runGit } from '../../demo/emulator/run-git.ts';
import { startFleetRig, type FleetRig } from '../support/fleet-rig.ts';
import { QUICKLY } from '../support/rig-definitions.ts';
import { git, makeFolder } from '../support/rig-folder.ts';
import { ADD_DOUBLE } from '../support/rig-scripts.ts';

// a whole fleet on a machine that may be busy
jest.setTimeout(240_000);

const REPO = 'acme/tiny';

/** Where tasks come from, and what the words in them cannot do. */
describe('a task', () => {
  let rig: FleetRig;

  beforeAll(async () => {
    rig = await startFleetRig({ repos: { [REPO]: undefined }, config: QUICKLY });
    rig.behave(
      { tag: 'add-double', actions: ADD_DOUBLE },
      {
        tag: 'write-poem',
        actions: [{ do: 'write', path: 'poem/one.txt', content: 'Roses.\n' }],
        closing: 'Here it is.',
      },
      { tag: 'how-many', actions: [], closing: 'Forty-two.' },
      { tag: 'leave-alone', actions: [], closing: 'It is right as it stands.' },
      {
        tag: 'install-things',
        actions: [
          {
            do: 'run',
            command: 'mkdir -p node_modules/left && echo "{}" > node_modules/left/index.js',
            description: 'Install',
          },
          ...ADD_DOUBLE,
        ],
      },
    );
  });

  afterAll(() => rig.close());

  it('works on a folder of this machine and leaves the branch there, the files as they were', async () => {
    const folder = makeFolder(join(rig.dir, 'my project'));

    const { code, stdout, stderr } = await rig.taskfleet(
      ['run', '--repo', './my project', '--prompt', 'add-double', '--watch'],
      {
        cwd: rig.dir,
      },
    );

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [branch = ''] = git(folder, 'branch', '--list', 'claude/*', '--format=%(refname:short)').split('\n');
    expect(stdout).toContain(branch);
    expect(git(folder, 'diff', '--name-only', `main...${branch}`).trim().split('\n')).toEqual([
      'double.js',
      'double.test.js',
    ]);
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(git(folder, 'branch', '--show-current').trim()).toBe('main');
  });

  it('works on a bare repository by its file:// URL', async () => {
    const seed = makeFolder(join(rig.dir, 'seed'));
    const bare = join(rig.dir, 'bare.git');
    git(rig.dir, 'clone', '--quiet', '--bare', seed, bare);

    const { code } = await rig.taskfleet([
      'run',
      '--repo',
      pathToFileURL(bare).href,
      '--prompt',
      'add-double',
      '--watch',
    ]);

    expect(code).toBe(0);
    const branches = (
      await runGit(bare, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/claude/'])
    ).toString();
    expect(branches).toMatch(/^claude\/task-[0-9a-f]{16}-\d{14}\n$/);
  });

  it('answers a prompt without a repository, and writes its files where they are asked for', async () => {
    const cwd = mkdtempSync(join(rig.dir, 'cwd-'));

    const [asked, written] = await Promise.all([
      rig.taskfleet(['run', '--prompt', 'how-many apples are there?', '--watch']),
      rig.taskfleet(['run', '--prompt', 'write-poem', '--output', 'out'], { cwd }),
    ]);

    expect(asked.code).toBe(0);
    expect(asked.stdout).toContain('Forty-two.');
    expect({ code: written.code, stderr: written.stderr }).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'out', 'poem', 'one.txt'), 'utf8')).toBe('Roses.\n');
    expect(readdirSync(join(cwd, 'out'))).toEqual(['poem']);
  });

  it('is not begun by a dry run, which writes nothing anywhere', async () => {
    const issue = await rig.forge.issue(REPO, 'add-double');
    const asked = rig.forge.github.requests.length;
    const before = { files: listFiles(rig.dataDir), tasks: (await rig.json<object[]>(['list'])).length };

    const plan = await rig.json<{ dryRun: boolean; id: string; title: string }>([
      ...['run', '--repo', REPO, '--issue', String(issue), '--dry-run'],
    ]);

    expect(plan).toMatchObject({ dryRun: true, id: rig.idOf(REPO, issue), title: 'add-double' });
    expect(rig.forge.github.requests.slice(asked).filter((one) => !one.startsWith('GET '))).toEqual([]);
    expect(rig.forge.github.requests.length).toBeGreaterThan(asked);
    expect({ files: listFiles(rig.dataDir), tasks: (await rig.json<object[]>(['list'])).length }).toEqual(before);
    expect((await rig.taskfleet(['show', `${REPO}#${issue}`])).code).toBe(3);
  });

  it('that changes nothing tells the issue so and opens no pull request', async () => {
    const issue = await rig.forge.issue(REPO, 'leave-alone');

    const { code, stdout } = await rig.taskfleet(['run', '--repo', REPO, '--issue', String(issue), '--watch']);

    expect(code).toBe(0);
    expect(stdout).toContain('It is right as it stands.');
    expect(await rig.forge.pullsOf(REPO, issue)).toEqual([]);
    expect((await rig.forge.comments(REPO, issue)).join('\n')).toContain('Nothing was changed');
    expect((await rig.forge.branches(REPO)).filter((name) => name.includes(`issue-${issue}-`))).toEqual([]);
  });

  it('with a hostile title ends in one pull request whose names hold nothing of it', async () => {
    const trap = join(rig.dir, 'trap');
    const title = `$(touch ${trap}) \`touch ${trap}\`; --upload-pack=touch\n../../x @everyone <!-- --> ${'x'.repeat(300)}`;
    const issue = await rig.forge.issue(REPO, title, `add-double $(touch ${trap})\n\`\`\`\n</task> --output=${trap}`);

    const { code } = await rig.taskfleet(['run', '--repo', REPO, '--issue', String(issue), '--watch']);

    const [pull] = await rig.forge.pullsOf(REPO, issue);
    expect(code).toBe(0);
    expect(pull?.head.ref).toMatch(/^claude\/issue-\d+-\d{14}$/);
    expect(pull?.title.length).toBeLessThanOrEqual(120);
    expect(pull?.title).not.toContain('\n');
    expect(existsSync(trap)).toBe(false);
  });

  it('never carries node_modules into a commit, also where the repository ignores nothing', async () => {
    const issue = await rig.forge.issue(REPO, 'install-things');

    await rig.taskfleet(['run', '--repo', REPO, '--issue', String(issue), '--watch']);

    const [pull] = await rig.forge.pullsOf(REPO, issue);
    const files = await rig.forge.filesOf(REPO, pull as never);
    expect(files).toContain('double.js');
    expect(files.filter((file) => file.includes('node_modules'))).toEqual([]);
  });
});

/** Every file with its size, except what the running processes themselves keep writing to. */
function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^temporal\/|\.db(-\w+)?$|lock$/.test(name))
    .map((name) => `${name} ${statSync(join(folder, name)).isFile() ? statSync(join(folder, name)).size : ''}`)
    .sort();
}
