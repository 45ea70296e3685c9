/**
 * What a working copy costs by layout, on a generated repository: `node bench/workspace-layout.ts [files] [commits]`.
 * Prints wall time (median of five) and the disk that each copy takes beside the mirror.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGit } from '../src/git/git.ts';
import { writeAgentRepository } from '../src/workspace/agent-repository.ts';
import { median } from './figures.ts';

const files = Number(process.argv[2] ?? 5_000);
const commits = Number(process.argv[3] ?? 300);
const ROUNDS = 5;

const root = await mkdtemp(join(tmpdir(), 'taskfleet-layout-'));
const git = createGit({ env: { PATH: process.env['PATH'] ?? '' } });
try {
  const mirror = await generate();
  const sha = (await git.run(['rev-parse', 'main'], { gitDir: mirror })).toString().trim();
  const plain = { config: [['checkout.workers', '1']] as const };
  const layouts: Record<string, (target: string) => Promise<unknown>> = {
    'full clone': (target) => git.run(['clone', '--quiet', '--no-local', mirror, target], plain),
    'clone --shared': (target) => git.run(['clone', '--quiet', '--shared', mirror, target], plain),
    'linked worktree': (target) =>
      git.run(['worktree', 'add', '--quiet', '-f', '--detach', target, sha], { gitDir: mirror, ...plain }),
    'own repository over the mirror': async (target) => {
      const indexFile = `${target}.index`;
      await mkdir(target);
      await git.run(['read-tree', '--reset', '-u', sha], { gitDir: mirror, workTree: target, indexFile, cwd: target });
      const author = { name: 'taskfleet', email: 'taskfleet@users.noreply.github.com' };
      await writeAgentRepository({ work: target, mirror, branch: 'claude/bench', baseSha: sha, indexFile, author });
    },
  };
  console.log(`${files} files, ${commits} commits, median of ${ROUNDS}\n`);
  console.log('| layout | ms | of it shared with the mirror |\n| --- | ---: | --- |');
  const times = new Map<string, number[]>();
  // in turns, so that what else the machine does falls on all of them
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, lay] of Object.entries(layouts)) {
      const target = join(root, `${name.replace(/\W/g, '-')}-${round}`);
      const began = performance.now();
      await lay(target);
      times.set(name, [...(times.get(name) ?? []), performance.now() - began]);
      await rm(target, { recursive: true, force: true });
    }
  }
  for (const [name, taken] of times) console.log(`| ${name} | ${Math.round(median(taken))} | ${shared(name)} |`);
} finally {
  await rm(root, { recursive: true, force: true });
}

function shared(layout: string): string {
  if (layout === 'full clone') return 'nothing';
  return layout === 'linked worktree' ? 'objects, refs, configuration, hooks' : 'objects';
}

/** A bare repository by fast-import: every commit changes twenty files. */
async function generate(): Promise<string> {
  const mirror = join(root, 'mirror.git');
  await git.run(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', '--', mirror]);
  const stream: string[] = [];
  const line = (text: string) => stream.push(text, '\n');
  const write = (index: number, round: number) => {
    const content = `file ${index} as of commit ${round}\n${'some line of text\n'.repeat(40 + (index % 80))}`;
    line(`M 100644 inline src/d${index % 97}/f${index}.txt`);
    line(`data ${Buffer.byteLength(content)}\n${content}`);
  };
  for (let round = 0; round < commits; round += 1) {
    line(`commit refs/heads/main\ncommitter Bench <bench@example.com> ${1_700_000_000 + round} +0000`);
    line('data 4\nwork');
    if (round === 0) for (let index = 0; index < files; index += 1) write(index, round);
    else for (let step = 0; step < 20; step += 1) write((round * 31 + step * 7) % files, round);
  }
  const input = join(root, 'stream');
  await writeFile(input, stream.join(''));
  await git.run(['fast-import', '--quiet'], { gitDir: mirror, stdin: Buffer.from(stream.join('')) });
  return mirror;
}
