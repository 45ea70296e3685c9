import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/program.ts';
import type { CliWorld } from '../../src/cli/run-cli.ts';

const program = buildProgram({ stdout: process.stdout, stderr: process.stderr } as unknown as CliWorld, () =>
  Promise.resolve(),
);

/** What of a written command line (after `taskfleet`) is neither a command nor an option of it, in words. */
export function findUnknown(line: string): string[] {
  const words = line.trim().split(/\s+/);
  const [first = ''] = words;
  if (!/^[a-z-]/.test(first)) return [];
  const command = resolve(words);
  if (!command) return [`taskfleet ${line}: no such command`];
  const flags = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.replace(/=.*/, ''));
  return flags.filter((flag) => !knows(command, flag)).map((flag) => `taskfleet ${line}: no option ${flag}`);
}

function resolve(words: readonly string[]): Command | undefined {
  let command: Command = program;
  for (const word of words) {
    if (word.startsWith('-') && command === program) continue;
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (!next) break;
    command = next;
  }
  return command === program && !words.every((word) => word.startsWith('-')) ? undefined : command;
}

function knows(command: Command, flag: string): boolean {
  if (flag === '--help' || flag === '-h') return true;
  const all = [command, program].flatMap((one) => one.options);
  return all.some((option) => option.long === flag || option.short === flag);
}
