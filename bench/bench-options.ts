import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Checks the harness: one round, four tasks, no verdicts on times. */
  readonly quick: boolean;
  /** Tasks of the batch. */
  readonly tasks: number;
  /** How many of them are at work at once, on both sides. */
  readonly slots: number;
  /** How often the single task is measured; medians are reported. */
  readonly rounds: number;
  /** The report as one JSON document on the standard output. */
  readonly json: boolean;
  /** A Markdown file whose generated part is written anew. */
  readonly markdown: string | undefined;
  /** The batch by taskfleet alone: how many tasks complete, for numbers at which the script only takes time. */
  readonly fleetOnly: boolean;
  /** Leave the folder with all data and logs. */
  readonly keep: boolean;
}

export const USAGE = `Usage: npm run bench -- [options]
  --quick            one round and four tasks: checks the bench itself, gives no verdict on times
  --tasks <n>        tasks of the batch (20)
  --slots <n>        how many of them at once, on both sides (4)
  --rounds <n>       repetitions of the single task; medians are reported (7)
  --json             the report as JSON on the standard output
  --markdown <file>  write the figures into the generated part of a Markdown file
  --fleet-only       no batch by the script
  --keep             leave data and logs behind`;

/** Reads the command line; throws a TypeError in words for what it does not know. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      tasks: { type: 'string' },
      slots: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
      markdown: { type: 'string' },
      'fleet-only': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const { quick, json, keep, markdown } = values;
  return {
    quick,
    json,
    keep,
    markdown,
    fleetOnly: values['fleet-only'],
    tasks: count('tasks', values.tasks, quick ? 4 : 20),
    slots: count('slots', values.slots, 4),
    rounds: count('rounds', values.rounds, quick ? 1 : 7),
  };
}

function count(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number;
  throw new TypeError(`--${name} takes a number from 1 to 1000, not '${text}'`);
}
